/*
 * f32_rows.h - template: softmax and layer norm, whole rows at a time.
 *
 * Included by an instruction set's file after f32_elementwise.h.  A row is
 * summed in an order that depends on its length only: four running vectors
 * (one would wait for its own last addition), then the lanes.
 */

enum { CHAINS = 4 };

/*
 * Joins step(running, x[i], parameter) over a row.  `fill` stands in for the
 * lanes past the row's end; step must leave running as it is for it.
 */
INLINE vector fold(size_t n, const float *x, vector start, vector fill,
                   vector parameter,
                   vector (*step)(vector running, vector x, vector parameter),
                   vector (*join)(vector a, vector b))
{
    vector running[CHAINS] = {start, start, start, start};
    size_t i = 0;

    for (; i + CHAINS * LANES <= n; i += CHAINS * LANES) {
        UNROLL
        for (size_t chain = 0; chain < CHAINS; chain++)
            running[chain] =
                step(running[chain], load(x + i + chain * LANES), parameter);
    }
    for (; i + LANES <= n; i += LANES)
        running[0] = step(running[0], load(x + i), parameter);
    if (i < n) {
        lanes rest = first_lanes(n - i);
        vector last = choose_lanes(rest, load_lanes(rest, x + i), fill);
        running[1] = step(running[1], last, parameter);
    }
    return join(join(running[0], running[1]), join(running[2], running[3]));
}

/*** softmax ***/

INLINE vector step_maximum(vector running, vector x, vector unused)
{
    (void)unused;
    return maximum(running, x);
}

/* NaN or not where a NaN is among them. */
INLINE float maximum_of_row(size_t n, const float *x)
{
    vector first = broadcast(x[0]);

    return maximum_of_lanes(
        fold(n, x, first, first, first, step_maximum, maximum));
}

/* exp(scale * (x - most)) by slope = scale log2(e); the largest gives 1. */
INLINE vector softmax_weight(vector x, vector most, vector slope)
{
    return power_of_two_of_negative(multiply(subtract(x, most), slope));
}

/* Every x becomes its weight; the sum of them. */
INLINE float softmax_weights(size_t n, vector most, vector slope, float *x)
{
    size_t whole = n / LANES * LANES;
    lanes rest = first_lanes(n - whole);
    vector sum = broadcast(0);

    for (size_t i = 0; i < whole; i += LANES) {
        vector weight = softmax_weight(load(x + i), most, slope);
        store(x + i, weight);
        sum = add(sum, weight);
    }
    if (whole < n) {
        vector last = softmax_weight(load_lanes(rest, x + whole), most, slope);
        last = choose_lanes(rest, last, broadcast(0));
        store_lanes(rest, x + whole, last);
        sum = add(sum, last);
    }
    return sum_of_lanes(sum);
}

static void KERNEL(softmax_f32)(size_t rows, size_t columns, float scale,
                                float *x, size_t ldx)
{
    vector slope = broadcast(scale * LOG2_E);

    for (; rows > 0 && columns > 0; rows--, x += ldx) {
        vector most = broadcast(maximum_of_row(columns, x));
        float sum = softmax_weights(columns, most, slope, x);
        scale_row(columns, broadcast(1 / sum), NULL, x);
    }
}

static void KERNEL(softmax_part_f32)(size_t rows, size_t columns, float scale,
                                     float *x, size_t ldx, float *most,
                                     float *sum, float *shrink)
{
    vector slope = broadcast(scale * LOG2_E);

    for (size_t row = 0; row < rows; row++, x += ldx) {
        shrink[row] = 1;
        if (columns == 0)
            continue;
        vector before = broadcast(most[row]);
        vector now = maximum(before, broadcast(maximum_of_row(columns, x)));
        if (most[row] != first_lane(now))
            shrink[row] = first_lane(softmax_weight(before, now, slope));
        most[row] = first_lane(now);
        float part = softmax_weights(columns, now, slope, x);
        sum[row] = sum[row] * shrink[row] + part;
    }
}

/*** layer norm ***/

INLINE vector step_sum(vector running, vector x, vector unused)
{
    (void)unused;
    return add(running, x);
}

INLINE vector step_squares(vector running, vector x, vector mean)
{
    vector off = subtract(x, mean);
    return multiply_add(off, off, running);
}

INLINE vector normalised(vector x, vector mean, vector inverse, vector weight,
                         vector bias)
{
    return multiply_add(multiply(subtract(x, mean), inverse), weight, bias);
}

INLINE void layer_norm_row(size_t n, const float *weight, const float *bias,
                           float epsilon, float *x)
{
    vector zero = broadcast(0);
    float mean_value =
        sum_of_lanes(fold(n, x, zero, zero, zero, step_sum, add)) / (float)n;
    vector mean = broadcast(mean_value);
    float variance =
        sum_of_lanes(fold(n, x, zero, mean, mean, step_squares, add)) /
        (float)n;
    vector inverse = broadcast(1 / sqrtf(variance + epsilon));
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        store(x + i, normalised(load(x + i), mean, inverse, load(weight + i),
                                load_if(bias, i)));
    if (i == n)
        return;
    lanes rest = first_lanes(n - i);
    store_lanes(rest, x + i,
                normalised(load_lanes(rest, x + i), mean, inverse,
                           load_lanes(rest, weight + i),
                           load_lanes_if(rest, bias, i)));
}

static void KERNEL(layer_norm_f32)(size_t rows, size_t n, const float *x,
                                   const float *residual, const float *weight,
                                   const float *bias, float epsilon, float *out)
{
    for (; rows > 0 && n > 0; rows--, x += n, out += n) {
        KERNEL(sum_f32)(n, x, residual, NULL, out);
        layer_norm_row(n, weight, bias, epsilon, out);
        residual = residual ? residual + n : NULL;
    }
}
