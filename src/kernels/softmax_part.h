/*
 * softmax_part.h - template: softmax over a part of a row's columns.
 *
 * Included by an instruction set's file after f32_activations.h and the words
 *
 *   store_weights       LANES weights, the first of them weight i of a row
 *   store_last_weights  the last `count` of a row, fewer than LANES, and what
 *                       fills their last word of 32 bits
 *
 * A row is summed in an order that depends on its length only: four running
 * vectors (one would wait for its own last addition), then the lanes.
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

/* The weights of x, and the sum of them. */
INLINE float softmax_weights(size_t n, vector most, vector slope,
                             const float *x, float *weights)
{
    size_t whole = n / LANES * LANES;
    vector sum = broadcast(0);

    for (size_t i = 0; i < whole; i += LANES) {
        vector weight = softmax_weight(load(x + i), most, slope);
        store_weights(weights, i, weight);
        sum = add(sum, weight);
    }
    if (whole < n) {
        lanes rest = first_lanes(n - whole);
        vector last = softmax_weight(load_lanes(rest, x + whole), most, slope);
        last = choose_lanes(rest, last, broadcast(0));
        store_last_weights(weights, whole, n - whole, last);
        sum = add(sum, last);
    }
    return sum_of_lanes(sum);
}

/* The new maximum; sets what the products of earlier parts shrink by. */
INLINE float raise_most(size_t columns, vector slope, const float *x,
                        float most, float *shrink)
{
    vector before = broadcast(most);
    vector now = maximum(before, broadcast(maximum_of_row(columns, x)));

    *shrink = 1;
    if (most == -INFINITY)
        *shrink = 0; /* the first part */
    else if (most != first_lane(now))
        *shrink = first_lane(softmax_weight(before, now, slope));
    return first_lane(now);
}

/* Some rows' maxima, then their weights: joining the lanes of one row takes
 * long, but the rows do not wait for each other. */
static void KERNEL(softmax_part)(size_t rows, size_t columns, float scale,
                                 const float *x, size_t ldx, float *most,
                                 float *sum, float *shrink, float *weights,
                                 size_t ldweights)
{
    enum { ROWS_AT_ONCE = 8 };
    vector slope = broadcast(scale * LOG2_E);

    for (size_t at = 0, end; at < rows; at = end) {
        end = at + ROWS_AT_ONCE < rows ? at + ROWS_AT_ONCE : rows;
        for (size_t row = at; row < end; row++) {
            shrink[row] = 1;
            if (columns > 0)
                most[row] = raise_most(columns, slope, x + row * ldx, most[row],
                                       shrink + row);
        }
        for (size_t row = at; row < end && columns > 0; row++) {
            float part =
                softmax_weights(columns, broadcast(most[row]), slope,
                                x + row * ldx, weights + row * ldweights);
            sum[row] = sum[row] * shrink[row] + part;
        }
    }
}
