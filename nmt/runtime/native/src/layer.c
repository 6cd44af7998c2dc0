// A step of a recurrent layer.
#include "batch.h"
#include "vector.h"

// Panels of a product whose gates are used at once.
#define LEAST_PANELS 4

int advance_cells(NmtBatch *batch, const Advance *step) {
    const NmtModel *model = batch->model;
    const Kernels *kernels = model->kernels;
    const int gates = model->gates, whole_units = whole(step->hidden);
    const int most = gates % LEAST_PANELS ? LEAST_PANELS * LANES : LANES;  // units at a time
    const size_t stride = (size_t)gates * most;
    const int products = step->slots ? step->slot_count : step->rows;
    float *own = WORK(batch, GATES, float, stride * step->rows);
    float *input = WORK(batch, INPUTS, float, stride * step->rows);
    if (!own || !input) return NMT_NO_MEMORY;
    for (int unit = 0; unit < whole_units; unit += most) {
        const int units = whole_units - unit < most ? whole_units - unit : most;
        const int first = unit / LANES * gates, panels = units / LANES * gates;
        const size_t from = step->from + (size_t)gates * unit;
        const Linear both = panels_of(&step->cell->both, first, panels);
        kernels->product(&both, step->bytes, products, step->byte_stride, own, stride);
        if (step->more) {
            const Linear inputs = panels_of(&step->cell->inputs, first, panels);
            kernels->product(&inputs, step->more, step->rows, step->byte_stride, input, stride);
        }
        float *h = step->h + unit;
        if (model->sizes.cell == NMT_LSTM)
            kernels->lstm(own, step->slots, step->brought, step->rows, units, stride, from, h, step->c + unit,
                          step->stride);
        else if (model->sizes.cell == NMT_GRU)
            kernels->gru(own, step->slots, step->brought, step->more ? input : NULL, step->rows, units, stride, from,
                         h, step->stride);
        else
            kernels->rnn(own, step->slots, step->brought, step->rows, units, stride, from, h, step->stride);
    }
    return 0;
}
