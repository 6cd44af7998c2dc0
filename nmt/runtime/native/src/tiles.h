// The product of gemm.c in the tile registers of AMX, which multiply 16 rows of 64 inputs with a panel at once.
//
// Tiles 0 to 3 hold the sums of two blocks of rows and two panels, 4 and 5 their rows, 6 and 7 their weights.
#ifndef TILES_H
#define TILES_H

#define TILE_ROWS 16
#define TILE_BYTES 64
#define LEAST_ROWS 4  // fewer are no faster than without tiles

// The state of the tile registers (palette 1): for each its rows, and the bytes of a row.
typedef struct {
    uint8_t palette, start, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
} TileShapes;

// Gives the two blocks of rows `upper` and `lower` rows each.
INLINE void shape_tiles(int upper, int lower) {
    const uint8_t rows[8] = {upper, upper, lower, lower, upper, lower, TILE_ROWS, TILE_ROWS};
    TileShapes shapes = {.palette = 1};
    for (int tile = 0; tile < 8; tile++) {
        shapes.rows[tile] = rows[tile] ? rows[tile] : 1;
        shapes.bytes[tile] = TILE_BYTES;
    }
    _tile_loadconfig(&shapes);
}

// Sums (rows, 16) of one panel to floats.
INLINE void finish_tile(const Linear *layer, const Integers *sums, int panel, int rows, float *out, size_t out_stride) {
    const int first = panel * LANES;
    Integers offset;
    memcpy(&offset, layer->offsets + first, sizeof offset);
    const Floats scales = load(layer->scales + first, LANES), bias = load(layer->bias + first, LANES);
    for (int r = 0; r < rows; r++) {
        Floats value = __builtin_convertvector(sums[r] + offset, Floats) * scales;
        store(out + r * out_stride + first, value + bias, LANES);
    }
}

// Rows of two blocks, of which the lower may be empty, times two panels.
INLINE void multiply_tiles(const Linear *layer, int panel, const uint8_t *from, int upper, int lower, size_t stride,
                           float *out, size_t out_stride) {
    const size_t panel_size = (size_t)layer->groups * 4 * LANES, block_size = TILE_BYTES * TILE_ROWS;
    const int8_t *left = layer->weights + panel * panel_size, *right = left + panel_size;
    const uint8_t *below = from + TILE_ROWS * stride;
    Integers sums[TILE_ROWS];
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int block = 0; block < layer->groups * 4 / TILE_BYTES; block++) {
        _tile_loadd(4, from + block * TILE_BYTES, stride);
        _tile_loadd(6, left + block * block_size, TILE_BYTES);
        _tile_loadd(7, right + block * block_size, TILE_BYTES);
        _tile_dpbusd(0, 4, 6);
        _tile_dpbusd(1, 4, 7);
        if (!lower) continue;
        _tile_loadd(5, below + block * TILE_BYTES, stride);
        _tile_dpbusd(2, 5, 6);
        _tile_dpbusd(3, 5, 7);
    }
    _tile_stored(0, sums, TILE_BYTES);
    finish_tile(layer, sums, panel, upper, out, out_stride);
    _tile_stored(1, sums, TILE_BYTES);
    finish_tile(layer, sums, panel + 1, upper, out, out_stride);
    if (!lower) return;
    _tile_stored(2, sums, TILE_BYTES);
    finish_tile(layer, sums, panel, lower, out + TILE_ROWS * out_stride, out_stride);
    _tile_stored(3, sums, TILE_BYTES);
    finish_tile(layer, sums, panel + 1, lower, out + TILE_ROWS * out_stride, out_stride);
}

// Multiplies all rows with the first panels, and returns with how many. The others, and layers whose inputs do not fill
// tiles, are left.
INLINE int product_by_tiles(const Linear *layer, const uint8_t *rows, int count, size_t stride, float *out,
                            size_t out_stride) {
    if (count < LEAST_ROWS || layer->groups * 4 % TILE_BYTES) return 0;
    const int panels = layer->panels / 2 * 2;
    int shaped = 0;
    for (int row = 0; row < count; row += 2 * TILE_ROWS) {
        const int left = count - row;
        const int upper = left < TILE_ROWS ? left : TILE_ROWS;
        const int lower = left < TILE_ROWS ? 0 : left < 2 * TILE_ROWS ? left - TILE_ROWS : TILE_ROWS;
        if (shaped != upper + lower) shape_tiles(upper, lower);
        shaped = upper + lower;
        for (int panel = 0; panel < panels; panel += 2)
            multiply_tiles(layer, panel, rows + row * stride, upper, lower, stride, out + row * out_stride, out_stride);
    }
    if (shaped) _tile_release();
    return panels;
}

#endif
