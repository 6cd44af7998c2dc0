"""Messages of programs in XML: XLIFF, Android's strings, `.resx` of .NET, Qt's `.ts`.

May call `documents`, its rooms `localization` and `office`, and `errors`.
"""
