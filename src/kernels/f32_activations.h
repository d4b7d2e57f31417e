/*
 * f32_activations.h - template: the functions of a vector, and the activations
 * of rows.
 *
 * Included by an instruction set's file after its vector_*.h and after
 * KERNEL(name) is defined.  The last lanes of a row go through the same vector
 * code as the others, so a value's result does not depend on its place.
 */

/*** polynomials ***/

/*
 * In float32, or with ROUNDED_RESULTS for what becomes bf16 or int8 at once,
 * where a small part of such a rounding is precise enough.
 *
 * upper_tail: see gelu; minimax for t P(t)^8, or t P(t)^16, on [0, 7] by linear
 * programming.  power_series: (2^f - 1) / f for |f| <= 1/2.
 */
#ifdef ROUNDED_RESULTS
enum { TAIL_SQUARINGS = 4 };
/* gelu is off by at most 1.8e-5 ... */
static const float upper_tail[] = {0x1.ea43fcp-1f, -0x1.84164cp-5f,
                                   -0x1.31ddd4p-6f, -0x1.2b6c1cp-11f,
                                   0x1.809b38p-12f};
/* ... and 2^z by 1.1e-4, relative. */
static const float power_series[] = {0x1.62f5fap-1f, 0x1.f00c4cp-3f,
                                     0x1.c2a21ap-5f};
#else
enum { TAIL_SQUARINGS = 3 };
/* 2.4e-7 (half a unit in the last place near 5; 1.3e-7 for negative x);
 * torch's own float32 GELU is up to 1.1e-6 off. */
static const float upper_tail[] = {
    0x1.d5818cp-1f,   -0x1.769c0cp-4f, -0x1.058e08p-5f,
    -0x1.604c5ep-11f, 0x1.8a5c0cp-10f, 0x1.1fb004p-15f,
    -0x1.f97a4ap-15f, 0x1.f5f1bep-18f, -0x1.3db366p-22f};
/* 8.5e-8 */
static const float power_series[] = {0x1.62e43p-1f,   0x1.ebfbdcp-3f,
                                     0x1.c6af7ap-5f,  0x1.3b2dd8p-7f,
                                     0x1.5f097ap-10f, 0x1.417528p-13f};
#endif

INLINE vector polynomial(vector x, const float *terms, int count)
{
    vector sum = broadcast(terms[count - 1]);

    UNROLL
    for (int i = count - 2; i >= 0; i--)
        sum = multiply_add(sum, x, broadcast(terms[i]));
    return sum;
}

#define POLYNOMIAL(x, terms)                                                   \
    polynomial(x, terms, (int)(sizeof(terms) / sizeof *(terms)))

/*** functions of a vector ***/

/*
 * x/2 (1 + erf(x / sqrt 2)) = max(x, 0) - t Q(t), where t = |x| and Q is the
 * upper tail of the normal distribution.  Q^(1/8) and Q^(1/16) fall slowly and
 * without bends, so that a polynomial is enough where erf itself needs a
 * quotient; the rounding of the large part is that of x alone.
 */
INLINE vector gelu(vector x)
{
    vector t = minimum(broadcast(7), magnitude(x));
    vector tail = POLYNOMIAL(t, upper_tail);

    UNROLL
    for (int i = 0; i < TAIL_SQUARINGS; i++)
        tail = multiply(tail, tail);
    return multiply_subtract_from(t, tail, maximum(broadcast(0), x));
}

/* 2^z = scale * (1 + fraction), scale a power of two. */
struct power {
    vector scale, fraction;
};

/*
 * z = n + f with |f| <= 1/2: adding 1.5 * 2^23 rounds z to the integer n and
 * leaves it, with the exponent's bias 127, in the low bits.  z must lie in
 * [-127, 128]; at these ends scale is 0 and infinity.
 */
INLINE struct power power_of_two(vector z)
{
    vector magic = broadcast(0x1.8p23f + 127);
    vector shifted = add(z, magic);
    vector f = subtract(z, subtract(shifted, magic));

    return (struct power){.scale = exponent_of_low_bits(shifted),
                          .fraction = multiply(POLYNOMIAL(f, power_series), f)};
}

#define LOG2_E 1.44269504f

/* 2^z for z <= 0; exactly 0 below -126.5. */
INLINE vector power_of_two_of_negative(vector z)
{
    struct power e = power_of_two(maximum(broadcast(-127), z));

    return multiply_add(e.scale, e.fraction, e.scale);
}

/* x / (1 + exp(-y)); exp is infinite above 88.38, 0 below -87.68. */
INLINE vector times_sigmoid(vector x, vector y)
{
    vector z = multiply(y, broadcast(-LOG2_E));
    struct power e =
        power_of_two(maximum(broadcast(-127), minimum(broadcast(128), z)));
    vector one = broadcast(1);

    /* scale * fraction + scale would be infinity minus infinity at the end. */
    return divide(x, multiply_add(e.scale, add(one, e.fraction), one));
}

/* (1 + tanh(y)) / 2 is the sigmoid of 2 y. */
INLINE vector gelu_tanh(vector x)
{
    vector cubic = multiply(multiply(x, x), broadcast(0.044715f));
    vector inner = multiply_add(x, cubic, x);

    return times_sigmoid(x, multiply(inner, broadcast(1.59576912f)));
}

INLINE vector silu(vector x)
{
    return times_sigmoid(x, x);
}

INLINE vector quick_gelu(vector x)
{
    return times_sigmoid(x, multiply(x, broadcast(1.702f)));
}

INLINE vector relu(vector x)
{
    return maximum(broadcast(0), x);
}

/*
 * tanh(x) = e / (e + 2) with e = exp(2 x) - 1, which keeps small x exact; 1 in
 * float32 from 9.02 on.  In float32 good to 2.6e-7 relative.
 */
INLINE vector hyperbolic_tangent(vector x)
{
    x = maximum(broadcast(-10), minimum(broadcast(10), x));
    struct power e = power_of_two(multiply(x, broadcast(2 * LOG2_E)));
    vector less_one =
        multiply_add(e.scale, e.fraction, subtract(e.scale, broadcast(1)));

    return divide(less_one, add(less_one, broadcast(2)));
}

INLINE vector identity(vector x)
{
    return x;
}

/*** rows of them ***/

/* Zero lanes where an operand is absent. */
INLINE vector load_if(const float *base, size_t i)
{
    return base ? load(base + i) : broadcast(0);
}

INLINE vector load_lanes_if(lanes selected, const float *base, size_t i)
{
    return base ? load_lanes(selected, base + i) : broadcast(0);
}

INLINE void map_rows(vector (*function)(vector), size_t rows, size_t n,
                     const float *bias, float *x, size_t ldx)
{
    size_t whole = n / LANES * LANES;
    lanes rest = first_lanes(n - whole);

    for (; rows > 0; rows--, x += ldx) {
        for (size_t j = 0; j < whole; j += LANES) {
            vector value = add(load(x + j), load_if(bias, j));
            store(x + j, function(value));
        }
        if (whole == n)
            continue;
        vector value =
            add(load_lanes(rest, x + whole), load_lanes_if(rest, bias, whole));
        store_lanes(rest, x + whole, function(value));
    }
}

#define ACTIVATION(name, function)                                             \
    static void name(size_t rows, size_t n, const float *bias, float *x,       \
                     size_t ldx)                                               \
    {                                                                          \
        if (bias)                                                              \
            map_rows(function, rows, n, bias, x, ldx);                         \
        else                                                                   \
            map_rows(function, rows, n, NULL, x, ldx);                         \
    }

ACTIVATION(KERNEL(bias_f32), identity)
ACTIVATION(KERNEL(gelu_f32), gelu)
ACTIVATION(KERNEL(gelu_tanh_f32), gelu_tanh)
ACTIVATION(KERNEL(relu_f32), relu)
ACTIVATION(KERNEL(silu_f32), silu)
ACTIVATION(KERNEL(tanh_f32), hyperbolic_tangent)
ACTIVATION(KERNEL(quick_gelu_f32), quick_gelu)

static void KERNEL(none_f32)(size_t rows, size_t n, const float *bias, float *x,
                             size_t ldx)
{
    if (bias)
        KERNEL(bias_f32)(rows, n, bias, x, ldx);
}

static void (*const activations[ACTIVATION_COUNT])(size_t rows, size_t n,
                                                   const float *bias, float *x,
                                                   size_t ldx) = {
    [ACTIVATION_NONE] = KERNEL(none_f32),
    [ACTIVATION_GELU] = KERNEL(gelu_f32),
    [ACTIVATION_GELU_TANH] = KERNEL(gelu_tanh_f32),
    [ACTIVATION_RELU] = KERNEL(relu_f32),
    [ACTIVATION_SILU] = KERNEL(silu_f32),
    [ACTIVATION_TANH] = KERNEL(tanh_f32),
    [ACTIVATION_QUICK_GELU] = KERNEL(quick_gelu_f32),
};
