#include "eval/measures.h"

#include <math.h>
#include <stdlib.h>

/* Ranks that a measure looks at. */
static size_t depth(const struct ranking *ranking,
                    const struct measure *measure)
{
    return measure->cutoff > 0 && measure->cutoff < ranking->count
               ? measure->cutoff
               : ranking->count;
}

static bool is_hit(const struct ranking *ranking, const struct measure *measure,
                   size_t at)
{
    return ranking->grades[at] >= 0 && ranking->grades[at] >= measure->level;
}

static size_t hits_within(const struct ranking *ranking,
                          const struct measure *measure, size_t ranks)
{
    size_t hits = 0;
    for (size_t i = 0; i < ranks; i++)
        hits += is_hit(ranking, measure, i);
    return hits;
}

static size_t hits(const struct ranking *ranking, const struct measure *measure)
{
    return hits_within(ranking, measure, depth(ranking, measure));
}

static double share(size_t part, size_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

static size_t relevant(const struct ranking *ranking,
                       const struct measure *measure)
{
    return ranking_relevant(ranking, measure->level);
}

/*** Counts ***/

double measure_queries(const struct ranking *ranking,
                       const struct measure *measure)
{
    (void)ranking;
    (void)measure;
    return 1;
}

double measure_retrieved(const struct ranking *ranking,
                         const struct measure *measure)
{
    (void)measure;
    return (double)ranking->count;
}

double measure_relevant(const struct ranking *ranking,
                        const struct measure *measure)
{
    return (double)relevant(ranking, measure);
}

double measure_relevant_retrieved(const struct ranking *ranking,
                                  const struct measure *measure)
{
    return (double)hits(ranking, measure);
}

double measure_irrelevant_retrieved(const struct ranking *ranking,
                                    const struct measure *measure)
{
    size_t count = 0;
    for (size_t i = 0; i < ranking->count; i++)
        count += ranking->grades[i] >= 0 && !is_hit(ranking, measure, i);
    return (double)count;
}

/*** Binary relevance, in order ***/

double measure_average_precision(const struct ranking *ranking,
                                 const struct measure *measure)
{
    size_t count = 0, ranks = depth(ranking, measure);
    double sum = 0;
    for (size_t i = 0; i < ranks; i++)
        if (is_hit(ranking, measure, i))
            sum += (double)++count / (double)(i + 1);
    size_t wanted = relevant(ranking, measure);
    return count > 0 && wanted > 0 ? sum / (double)wanted : 0;
}

double measure_r_precision(const struct ranking *ranking,
                           const struct measure *measure)
{
    size_t wanted = relevant(ranking, measure);
    size_t ranks = wanted < ranking->count ? wanted : ranking->count;
    return share(hits_within(ranking, measure, ranks), wanted);
}

/*
 * Judged documents alone (Buckley, Voorhees 2004): each relevant one loses for
 * the irrelevant ones above it, counted up to the number of relevant.
 */
double measure_bpref(const struct ranking *ranking,
                     const struct measure *measure)
{
    size_t wanted = relevant(ranking, measure);
    size_t unwanted = ranking->judged_count - wanted;
    size_t most = unwanted < wanted ? unwanted : wanted;
    size_t above = 0;
    double sum = 0;
    for (size_t i = 0; i < ranking->count; i++) {
        if (!is_hit(ranking, measure, i)) {
            above += ranking->grades[i] >= 0;
            continue;
        }
        size_t counted = above < wanted ? above : wanted;
        sum += above > 0 ? 1 - (double)counted / (double)most : 1;
    }
    return wanted > 0 ? sum / (double)wanted : 0;
}

double measure_reciprocal_rank(const struct ranking *ranking,
                               const struct measure *measure)
{
    size_t ranks = depth(ranking, measure);
    for (size_t i = 0; i < ranks; i++)
        if (is_hit(ranking, measure, i))
            return 1 / (double)(i + 1);
    return 0;
}

/* The best precision at any rank that has `needed` hits or more. */
static double best_precision(const struct ranking *ranking,
                             const struct measure *measure, size_t needed)
{
    size_t count = 0;
    double best = 0;
    for (size_t i = 0; i < ranking->count; i++) {
        count += is_hit(ranking, measure, i);
        double precision = (double)count / (double)(i + 1);
        if (count >= needed && precision > best)
            best = precision;
    }
    return best;
}

/* Hits that make a recall: 9.0.8 adds nine tenths, 10.0 rounds. */
static size_t hits_for_recall(double recall, size_t wanted, bool rounds)
{
    double exact = recall * (double)wanted;
    return rounds ? (size_t)lround(exact) : (size_t)(exact + 0.9);
}

double measure_interpolated_precision(const struct ranking *ranking,
                                      const struct measure *measure)
{
    size_t wanted = relevant(ranking, measure);
    return best_precision(
        ranking, measure,
        hits_for_recall(measure->recall, wanted, measure->rounds_recall));
}

double measure_eleven_points(const struct ranking *ranking,
                             const struct measure *measure)
{
    struct measure point = *measure;
    double sum = 0;
    for (int i = 0; i <= 10; i++) {
        point.recall = i / 10.0;
        sum += measure_interpolated_precision(ranking, &point);
    }
    return sum / 11;
}

/* k is the divisor even where fewer documents were retrieved. */
double measure_precision(const struct ranking *ranking,
                         const struct measure *measure)
{
    return share(hits(ranking, measure), measure->cutoff);
}

double measure_recall(const struct ranking *ranking,
                      const struct measure *measure)
{
    return share(hits(ranking, measure), relevant(ranking, measure));
}

double measure_success(const struct ranking *ranking,
                       const struct measure *measure)
{
    return hits(ranking, measure) > 0;
}

/*
 * Inferred AP (Yilmaz, Aslam 2006) where only a sample of the pool was judged:
 * negative grades are in the pool, but not judged.
 */
double measure_inferred_precision(const struct ranking *ranking,
                                  const struct measure *measure)
{
    static const double tiny = 0.00001;
    double found = 0, irrelevant = 0, unjudged = 0, sum = 0;
    for (size_t i = 0; i < ranking->count; i++) {
        double above = (double)i;
        if (!is_hit(ranking, measure, i)) {
            irrelevant += ranking->grades[i] >= 0;
            unjudged += ranking->grades[i] == GRADE_NEGATIVE;
            continue;
        }
        double pool = found + irrelevant + unjudged;
        double likely = (found + tiny) / (found + irrelevant + 2 * tiny);
        sum += i == 0 ? 1
                      : 1 / (above + 1) +
                            above / (above + 1) * (pool / above * likely);
        found++;
    }
    size_t wanted = relevant(ranking, measure);
    return wanted > 0 ? sum / (double)wanted : 0;
}

/*** Graded relevance ***/

static double gain_of(const struct measure *measure, int32_t grade)
{
    for (size_t i = 0; i < measure->gain_count; i++)
        if (measure->gains[i].grade == grade)
            return measure->gains[i].worth;
    if (grade <= 0)
        return 0;
    return measure->is_exponential ? exp2(grade) - 1 : grade;
}

static int numbers_fall(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a < b) - (a > b);
}

/* The best that any order of the judged documents could have. */
static double ideal_gain(const struct ranking *ranking,
                         const struct measure *measure)
{
    double *gains = ranking->scratch, sum = 0;
    for (size_t i = 0; i < ranking->judged_count; i++)
        gains[i] = gain_of(measure, ranking->judged[i]);
    if (measure->gain_count > 0 && ranking->judged_count > 0)
        qsort(gains, ranking->judged_count, sizeof *gains, numbers_fall);
    for (size_t i = 0; i < ranking->judged_count && gains[i] > 0; i++) {
        if (measure->cutoff > 0 && i == measure->cutoff)
            break;
        sum += gains[i] / log2((double)i + 2);
    }
    return sum;
}

double measure_ndcg(const struct ranking *ranking,
                    const struct measure *measure)
{
    size_t ranks = depth(ranking, measure);
    double sum = 0, ideal = ideal_gain(ranking, measure);
    for (size_t i = 0; i < ranks; i++) {
        double gain =
            ranking->grades[i] >= 0 ? gain_of(measure, ranking->grades[i]) : 0;
        if (gain != 0)
            sum += gain / log2((double)i + 2);
    }
    return ideal > 0 ? sum / ideal : 0;
}

/* A reader who stops at a document with the chance that its grade gives it, 4
 * being the highest (Chapelle and others 2009; the constants of gdeval). */
double measure_expected_reciprocal_rank(const struct ranking *ranking,
                                        const struct measure *measure)
{
    size_t ranks = depth(ranking, measure);
    double still_reading = 1, sum = 0;
    for (size_t i = 0; i < ranks; i++) {
        int32_t grade = ranking->grades[i];
        if (grade <= 0)
            continue;
        double stops = grade >= 4 ? 15.0 / 16 : (exp2(grade) - 1) / 16;
        sum += still_reading * stops / (double)(i + 1);
        still_reading *= 1 - stops;
    }
    return sum;
}

/*** Sets: the order does not matter ***/

double measure_set_precision(const struct ranking *ranking,
                             const struct measure *measure)
{
    return share(hits(ranking, measure), ranking->count);
}

double measure_set_recall(const struct ranking *ranking,
                          const struct measure *measure)
{
    return measure_recall(ranking, measure);
}

double measure_set_product(const struct ranking *ranking,
                           const struct measure *measure)
{
    return measure_set_precision(ranking, measure) *
           measure_set_recall(ranking, measure);
}

double measure_set_f(const struct ranking *ranking,
                     const struct measure *measure)
{
    double precision = measure_set_precision(ranking, measure);
    double recall = measure_set_recall(ranking, measure);
    double sum = precision + recall;
    return sum > 0 ? 2 * precision * recall / sum : 0;
}

/* The divisor is what was retrieved, where that is less than k. */
double measure_judged(const struct ranking *ranking,
                      const struct measure *measure)
{
    size_t judged = 0, ranks = depth(ranking, measure);
    for (size_t i = 0; i < ranks; i++)
        judged += ranking->grades[i] != GRADE_UNJUDGED;
    return share(judged, ranks);
}
