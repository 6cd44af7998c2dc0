"""Words with a full stop that does not end a sentence, and words that begin one, of the languages with own rules."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """What a language writes around full stops, in lower case, but for single letters, and without the last stop."""

    before: frozenset[str]
    """Titles and other words that something follows: they never end a sentence."""
    before_number: frozenset[str]
    """Words that are abbreviations only before a number: no. 5."""
    before_name: frozenset[str]
    """Words that may end a sentence, but hardly before another capital: Inc., Jr."""
    last: frozenset[str]
    """Words that often end a sentence, and do so before a capital: etc."""
    starters: frozenset[str]
    """Words that hardly follow a name, but often begin a sentence."""
    ordinals_after: frozenset[str] = frozenset()
    """Words before a number with a full stop that is an ordinal. Empty if the language writes ordinals otherwise."""
    ordinals_before: frozenset[str] = frozenset()
    """Words that follow such an ordinal, such as months."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LETTERED = _words(
    "vitamin vitamine vitamina plan type typ tipo class classe clase grade group groupe grupo gruppe level "
    "hepatitis an a point punkt punto note nota version option opción"
)
"""Words that a single letter follows, which is then no initial of a name."""

ABBREVIATIONS = {
    "en": Abbreviations(
        before=_words(
            "mr mrs ms mx messrs dr drs prof rev hon gen col maj capt cpt cmdr lt sgt cpl pvt adm gov sen rep pres "
            "supt insp st mt ft fr bro amb atty e.g i.e eg ie vs viz cf approx avg temp tbsp tsp sq incl excl arr "
            "dep jan feb apr jun jul aug sep sept oct nov mon tue tues wed thu thur thurs fri pls asst assoc misc "
            "p.s orig esp n.b"
        ),
        before_number=_words(
            "no nos p pp fig figs sec secs ch chs vol vols art arts par para eq eqs ex tel ext max min op ca c pt "
            "ver mar dec sat sun dept est"
        ),
        before_name=_words(
            "inc ltd co corp bros jr sr ph.d b.a m.a b.sc m.sc m.d d.c u.s u.k u.n esq al ave blvd rd dept"
        ),
        last=_words("etc a.m p.m am pm oz lb lbs yd hr hrs sec mins"),
        starters=_words(
            "he she it we they you i this that these those the a an his her its their our my your there here when "
            "where what who why how if but and so then as at in on after before although because however now no "
            "yes please many some most few all both each every nobody everybody someone one not do don't does is "
            "are was were can let be have has only also perhaps maybe meanwhile later soon business"
        ),
    ),
    "de": Abbreviations(
        before=_words(
            "hr hrn fr frl dr prof dipl mag ing dipl.-ing st bzw ca z.b d.h u.a z.t o.g i.d.r z.zt zzt evtl ggf "
            "vgl vllt sog gem geb verh inkl exkl zzgl abzgl lt allg bes abb tab abs art kap anm bd bde nr nrn tel "
            "max min fa abt verf hg hrsg v.chr n.chr i.a i.v p.a resp vs insb insbes jan feb mär apr jun jul aug "
            "sep sept okt nov dez z d o e"
        ),
        before_number=_words("nr s str abs art kap abb tab bd tel so do di mi mo sa"),
        before_name=_words("str gmbh co jr sr e.v usf i.a"),
        last=_words("usw etc usf ff km kg uvm u.v.m"),
        starters=_words(
            "er sie es wir ihr ich du man das der die ein eine dies diese dieser dieses dort da dann danach damals "
            "hier heute gestern morgen jetzt nun aber und doch denn so wenn als weil obwohl wer was wie wo warum "
            "wann mein meine sein seine ihre unser unsere kein keine nicht alle viele manche niemand jemand jeder "
            "ja nein bitte vielleicht am im in auf bei mit nach vor zu zum zur seit lies nimm geh komm frag schade"
        ),
        ordinals_after=_words(
            "am im vom zum zur beim der die das den dem des ab bis seit jeder jede jedes jedem jeden mein meine "
            "meinen meinem meiner dein deine deinen deinem deiner sein seine seinen seinem seiner ihr ihre ihren "
            "ihrem ihrer unser unsere unseren unserem unserer euer als"
        ),
        ordinals_before=_words(
            "januar februar märz april mai juni juli august september oktober november dezember jänner jan feb mär "
            "apr jun jul aug sep sept okt nov dez jahrhundert jahrhunderts weltkrieg weltkriegs klasse stock "
            "auflage platz"
        ),
    ),
    "fr": Abbreviations(
        before=_words(
            "M mm mme mmes mlle mlles me mgr dr drs pr prof st ste sts col gén lt adj sgt cie éts ets ed éd cf vs "
            "p.ex env av bd bld boul apr janv févr fév sept oct nov déc juil temp tél tel réf ref fig figs chap "
            "art vol pp dép dépt bât apt appt qqn qqch c.-à-d n.b p.s"
        ),
        before_number=_words("n no nos p pp art arts fig tab chap vol ex col éd ed §"),
        before_name=_words("s.a s.a.r.l u.s.a inc cie ltd"),
        last=_words("etc km kg cm max min ex lun mar mer jeu ven sam dim"),
        starters=_words(
            "il elle ils elles nous vous je tu on ce c'est cela ça ceci le la les un une des l' mon ma mes son sa "
            "ses leur notre votre cet cette ces qui que quoi quand où comment pourquoi si mais et ou donc or puis "
            "ensuite alors après avant ici là hier demain maintenant oui non personne tout tous chaque beaucoup "
            "merci viens"
        ),
    ),
    "es": Abbreviations(
        before=_words(
            "sr sra srta sres sras D dña dª da dr dra drs prof profa ing lic arq gral gob cap cnel tte excmo excma "
            "ilmo ilma fr sto sta ud uds vd vds p.ej por.ej ej pág págs caps fig figs tab vol vols art arts núm "
            "núms nº n.º aprox av avda tel tfno ref refs máx mín dpto depto edif apdo párr ed temp univ bco pdte "
            "pdta cía cf vs atco ene feb abr jun jul ago sept oct nov dic a.c n.b a d p.d p.s"
        ),
        before_number=_words("no nos p pp pág art arts fig cap min no núm"),
        before_name=_words("s.a s.l uu ee.uu cía ltda inc a.c d.c d.c"),
        last=_words("etc km kg cm min máx mín"),
        starters=_words(
            "él ella ello ellos ellas nosotros usted ustedes yo tú esto eso este esta estos estas ese esa el la "
            "los las un una unos unas su sus mi mis tu tus nuestro nuestra quien qué cuando donde cómo si pero y o "
            "pues luego después antes aquí allí ayer hoy mañana ahora sí no nadie todo todos cada muchos gracias "
            "es está son hay era lo quizá quizás"
        ),
    ),
}
