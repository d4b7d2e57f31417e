#include "eval/compare.h"

#include "base/memory.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static uint64_t next_random(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u;
    uint64_t z = *state;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/*** Student's t ***/

/* The continued fraction of the incomplete beta function (Abramowitz, Stegun
 * 26.5.8) by Lentz's method. */
static double beta_fraction(double a, double b, double x)
{
    static const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double value = d;
    for (int m = 1; m <= 1000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd =
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double step = 1;
        for (int half = 0; half < 2; half++) {
            double term = half == 0 ? even : odd;
            d = 1 + term * d;
            c = 1 + term / c;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = fabs(c) < tiny ? tiny : c;
            step = c * d;
            value *= step;
        }
        if (fabs(step - 1) < DBL_EPSILON)
            break;
    }
    return value;
}

/* The regularized incomplete beta function. */
static double beta_share(double a, double b, double x)
{
    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    double front =
        exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
    return x < (a + 1) / (a + b + 2)
               ? front * beta_fraction(a, b, x) / a
               : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/* The chance of a t as far from 0 as this one. */
static double two_sided(double t, double freedom)
{
    return beta_share(freedom / 2, 0.5, freedom / (freedom + t * t));
}

/* The t whose two-sided chance is 5 %. */
static double critical(double freedom)
{
    double low = 0, high = 1e6;
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        if (two_sided(middle, freedom) > 0.05)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void t_test(const double *differences, struct comparison *comparison)
{
    size_t count = comparison->count;
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        double off = differences[i] - comparison->difference;
        squares += off * off;
    }
    double freedom = (double)count - 1;
    double spread = sqrt(squares / freedom) / sqrt((double)count);
    if (count < 2 || !(spread > 0)) {
        comparison->t = comparison->p_t = (double)NAN;
        comparison->t_low = comparison->t_high = (double)NAN;
        return;
    }
    double reach = critical(freedom) * spread;
    comparison->t = comparison->difference / spread;
    comparison->p_t = two_sided(comparison->t, freedom);
    comparison->t_low = comparison->difference - reach;
    comparison->t_high = comparison->difference + reach;
}

/*** Randomization ***/

/* Whether a sum is as far from 0: sums of the same numbers in another order
 * differ in their last bits. */
static bool as_far(double sum, double wanted, double slack)
{
    return fabs(sum) >= fabs(wanted) - slack;
}

static size_t count_all_signs(const double *differences, size_t count,
                              double wanted, double slack)
{
    size_t found = 0;
    for (uint32_t signs = 0; signs < (uint32_t)1 << count; signs++) {
        double sum = 0;
        for (size_t i = 0; i < count; i++)
            sum += signs >> i & 1 ? differences[i] : -differences[i];
        found += as_far(sum, wanted, slack);
    }
    return found;
}

static size_t count_random_signs(const double *differences, size_t count,
                                 double wanted, double slack, uint64_t seed)
{
    size_t found = 0;
    for (size_t sample = 0; sample < COMPARE_SIGNS; sample++) {
        double sum = 0;
        for (size_t i = 0; i < count; i++)
            sum += next_random(&seed) >> 63 ? differences[i] : -differences[i];
        found += as_far(sum, wanted, slack);
    }
    return found;
}

static void randomization_test(const double *differences, uint64_t seed,
                               struct comparison *comparison)
{
    size_t count = comparison->count;
    double sum = 0, size = 0;
    for (size_t i = 0; i < count; i++) {
        sum += differences[i];
        size += fabs(differences[i]);
    }
    double slack = 100 * DBL_EPSILON * size;
    comparison->is_exact = count <= COMPARE_EXACT;
    comparison->p =
        comparison->is_exact
            ? (double)count_all_signs(differences, count, sum, slack) /
                  (double)((uint32_t)1 << count)
            : (double)(count_random_signs(differences, count, sum, slack,
                                          seed) +
                       1) /
                  (COMPARE_SIGNS + 1);
    comparison->p_holm = comparison->p;
}

/*** Bootstrap ***/

static int numbers_rise(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double quantile(const double *sorted, size_t count, double share)
{
    double at = (double)(count - 1) * share;
    size_t below = (size_t)at;
    double next = below + 1 < count ? sorted[below + 1] : sorted[below];
    return sorted[below] + (at - (double)below) * (next - sorted[below]);
}

static bool bootstrap(const double *differences, uint64_t seed,
                      struct comparison *comparison, struct error *error)
{
    size_t count = comparison->count;
    double *means = memory_new(COMPARE_SAMPLES, sizeof *means, error);
    if (means == NULL)
        return false;
    for (size_t sample = 0; sample < COMPARE_SAMPLES; sample++) {
        double sum = 0;
        for (size_t i = 0; i < count; i++) {
            double share = (double)(next_random(&seed) >> 11) * 0x1p-53;
            sum += differences[(size_t)(share * (double)count)];
        }
        means[sample] = sum / (double)count;
    }
    qsort(means, COMPARE_SAMPLES, sizeof *means, numbers_rise);
    comparison->low = quantile(means, COMPARE_SAMPLES, 0.025);
    comparison->high = quantile(means, COMPARE_SAMPLES, 0.975);
    memory_free(means);
    return true;
}

bool compare(const double *base, const double *other, size_t count,
             uint64_t seed, struct comparison *comparison, struct error *error)
{
    double *differences = memory_new(count, sizeof *differences, error);
    if (differences == NULL)
        return false;
    *comparison = (struct comparison){.count = count};
    for (size_t i = 0; i < count; i++) {
        differences[i] = other[i] - base[i];
        comparison->base += base[i] / (double)count;
        comparison->other += other[i] / (double)count;
        comparison->difference += differences[i] / (double)count;
    }
    t_test(differences, comparison);
    randomization_test(differences, seed, comparison);
    bool fine = bootstrap(differences, seed, comparison, error);
    memory_free(differences);
    return fine;
}

/* Of p in rising order the first times k, the next times k - 1 and so on, none
 * below the one before. */
void compare_holm(struct comparison **list, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0 && list[j]->p < list[j - 1]->p; j--) {
            struct comparison *moved = list[j];
            list[j] = list[j - 1];
            list[j - 1] = moved;
        }
    double least = 0;
    for (size_t i = 0; i < count; i++) {
        double corrected = list[i]->p * (double)(count - i);
        least = corrected > least ? corrected : least;
        list[i]->p_holm = least < 1 ? least : 1;
    }
}
