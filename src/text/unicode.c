#include "text/unicode.h"

#include "base/memory.h"
#include "text/unicode_exceptions.h"

#include <string.h>

#include <utf8proc.h>

/*
 * The reference mixes character tables of Unicode 8 (BERT's classes), 9
 * (normal forms), 16 (letters and numbers of regular expressions) and 17
 * (lower case, clusters).  utf8proc 2.8 has 15.0 for all of them; the lists of
 * unicode_exceptions.h are the characters where that shows.
 */

#define COUNT(table)     (sizeof(table) / sizeof(table)[0])
#define WITHIN(table, c) within(table, COUNT(table), c)

/* Whether c is in one of the sorted ranges. */
static bool within(const struct code_range *table, size_t count, uint32_t c)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (c > table[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && c >= table[low].first;
}

static utf8proc_category_t category(uint32_t c)
{
    return utf8proc_category((utf8proc_int32_t)c);
}

/* Length of the ASCII that the bytes begin with. */
static size_t ascii_length(const char *bytes, size_t length)
{
    size_t at = 0;
    for (; length - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, bytes + at, 8);
        if (word & 0x8080808080808080u)
            break;
    }
    while (at < length && (unsigned char)bytes[at] < 0x80)
        at++;
    return at;
}

size_t unicode_valid_length(struct slice text)
{
    size_t at = 0;
    for (;;) {
        at += ascii_length(text.bytes + at, text.length - at);
        if (at == text.length)
            return at;
        size_t step =
            text_character((struct slice){text.bytes + at, text.length - at});
        if (step == 0)
            return at;
        at += step;
    }
}

/*
 * Bytes of the maximal invalid subpart that the text begins with: as much as
 * a valid character could begin with, at least one (Unicode 15, 3.9).
 */
static size_t invalid_length(struct slice text)
{
    char whole[4] = {text.bytes[0], (char)0x80, (char)0x80, (char)0x80};
    size_t full = utf8_length(whole[0]);
    size_t known = 1;
    for (; known < full && known < text.length; known++) {
        whole[known] = text.bytes[known];
        if (text_character((struct slice){whole, full}) == 0)
            break;
    }
    return known;
}

bool unicode_repair(struct slice text, struct buffer *out, size_t *invalid,
                    struct alignment *alignment, struct error *error)
{
    for (size_t at = 0; at < text.length;) {
        struct slice rest = {text.bytes + at, text.length - at};
        size_t valid = unicode_valid_length(rest), start = out->length;
        if (!buffer_append(out, rest.bytes, valid, error) ||
            !alignment_add(alignment, (struct span){start, out->length},
                           (struct span){at, at + valid}, error))
            return false;
        at += valid;
        if (at == text.length)
            break;

        rest = (struct slice){text.bytes + at, text.length - at};
        size_t broken = invalid_length(rest);
        start = out->length;
        if (!buffer_append_text(out, "\xEF\xBF\xBD", error) ||
            !alignment_add(alignment, (struct span){start, out->length},
                           (struct span){at, at + broken}, error))
            return false;
        at += broken;
        ++*invalid;
    }
    return true;
}

/* Written out: this is asked for nearly every character that is not ASCII. */
bool unicode_is_space(uint32_t c)
{
    if (c < 0x80)
        return c == ' ' || (c >= 0x09 && c <= 0x0D);
    switch (c) {
    case 0x0085:
    case 0x00A0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
        return true;
    default:
        return c >= 0x2000 && c <= 0x200A;
    }
}

bool unicode_is_mark(uint32_t c)
{
    utf8proc_category_t kind = category(c);
    return kind == UTF8PROC_CATEGORY_MN || kind == UTF8PROC_CATEGORY_MC ||
           kind == UTF8PROC_CATEGORY_ME;
}

bool unicode_is_old_mark(uint32_t c)
{
    return unicode_is_mark(c) ? !WITHIN(marks_removed, c)
                              : WITHIN(marks_added, c);
}

bool unicode_is_letter(uint32_t c)
{
    utf8proc_category_t kind = category(c);
    if (kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO)
        return true;
    return kind == UTF8PROC_CATEGORY_CN && WITHIN(letters_added, c);
}

bool unicode_is_number(uint32_t c)
{
    utf8proc_category_t kind = category(c);
    if (kind >= UTF8PROC_CATEGORY_ND && kind <= UTF8PROC_CATEGORY_NO)
        return true;
    return kind == UTF8PROC_CATEGORY_CN && WITHIN(numbers_added, c);
}

/* Alphabetic, M, Nd, Pc and Join_Control; of the numbers, No is out. */
bool unicode_is_word(uint32_t c)
{
    const uint32_t not_joiner = 0x200C, joiner = 0x200D;
    utf8proc_category_t kind = category(c);
    if (kind == UTF8PROC_CATEGORY_NO)
        return false;
    return unicode_is_letter(c) || unicode_is_mark(c) || unicode_is_number(c) ||
           kind == UTF8PROC_CATEGORY_PC || c == not_joiner || c == joiner ||
           WITHIN(alphabetic_symbols, c);
}

bool unicode_is_punctuation(uint32_t c)
{
    if (c < 0x80)
        return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') ||
               (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
    utf8proc_category_t kind = category(c);
    if (kind >= UTF8PROC_CATEGORY_PC && kind <= UTF8PROC_CATEGORY_PO)
        return !WITHIN(punctuation_removed, c);
    return WITHIN(punctuation_added, c);
}

/* Unassigned characters stay; so do line and paragraph separators, which are
 * white space. */
bool unicode_is_deleted(uint32_t c)
{
    if (c == '\t' || c == '\n' || c == '\r')
        return false;
    if (c == 0xFFFD)
        return true;
    switch (category(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CO:
        return true;
    case UTF8PROC_CATEGORY_CF:
        return !WITHIN(kept_controls, c);
    default:
        return false;
    }
}

bool unicode_is_chinese(uint32_t c)
{
    return c >= chinese[0].first && WITHIN(chinese, c);
}

bool unicode_is_accent(uint32_t c)
{
    if (c < 0x300)
        return false;
    if (category(c) == UTF8PROC_CATEGORY_MN)
        return !WITHIN(accents_removed, c);
    return WITHIN(accents_added, c);
}

size_t unicode_lower(uint32_t c, uint32_t out[2])
{
    if (c < 0x80) {
        out[0] = c >= 'A' && c <= 'Z' ? c + 32 : c;
        return 1;
    }
    if (c == 0x130) { /* the only one that becomes two: i, dot above */
        out[0] = 'i';
        out[1] = 0x307;
        return 2;
    }
    out[0] = (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
    if (out[0] == c && c >= lower_added[0].from)
        for (size_t i = 0; i < COUNT(lower_added); i++)
            if (lower_added[i].from == c)
                out[0] = lower_added[i].to;
    return 1;
}

uint8_t unicode_combining_class(uint32_t c)
{
    if (c < 0x300)
        return 0;
    utf8proc_propval_t class =
        utf8proc_get_property((utf8proc_int32_t)c)->combining_class;
    return class == 0 || WITHIN(class_zero, c) ? 0 : (uint8_t) class;
}

/* Hangul and flags are left out: no key of a character map begins with them,
 * so it makes no difference whether their clusters are longer. */
enum unicode_boundary unicode_boundary(uint32_t c)
{
    if (WITHIN(prepends_added, c))
        return BOUNDARY_PREPEND;
    if (WITHIN(extenders_added, c))
        return BOUNDARY_EXTEND;
    if (WITHIN(conjunct_consonants, c))
        return BOUNDARY_CONSONANT;
    switch (utf8proc_get_property((utf8proc_int32_t)c)->boundclass) {
    case UTF8PROC_BOUNDCLASS_CR:
    case UTF8PROC_BOUNDCLASS_LF:
    case UTF8PROC_BOUNDCLASS_CONTROL:
        return BOUNDARY_BREAK;
    case UTF8PROC_BOUNDCLASS_EXTEND:
    case UTF8PROC_BOUNDCLASS_SPACINGMARK:
        return BOUNDARY_EXTEND;
    case UTF8PROC_BOUNDCLASS_ZWJ:
        return BOUNDARY_JOINER;
    case UTF8PROC_BOUNDCLASS_PREPEND:
        return WITHIN(prepends_removed, c) ? BOUNDARY_OTHER : BOUNDARY_PREPEND;
    case UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC:
        return BOUNDARY_PICTURE;
    default:
        return BOUNDARY_OTHER;
    }
}

bool unicode_is_linker(uint32_t c)
{
    return WITHIN(conjunct_linkers, c);
}

void code_points_free(struct code_points *list)
{
    memory_free(list->points);
    *list = (struct code_points){0};
}

static bool append(struct code_points *list, uint32_t c, struct error *error)
{
    if (!memory_grow((void **)&list->points, &list->capacity, list->count + 1,
                     sizeof *list->points, error))
        return false;
    list->points[list->count++] = (int32_t)c;
    return true;
}

/* utf8proc recurses, so that the result is decomposed to the end. */
bool unicode_decompose(uint32_t c, bool compatible, struct code_points *list,
                       struct error *error)
{
    enum { LONGEST = 18 }; /* U+FDFA with compatibility */
    bool unknown =
        WITHIN(no_canonical, c) || (compatible && WITHIN(no_compatible, c));
    if (c < 0x80 || unknown)
        return append(list, c, error);

    if (!memory_grow((void **)&list->points, &list->capacity,
                     list->count + LONGEST, sizeof *list->points, error))
        return false;
    int options = UTF8PROC_DECOMPOSE | (compatible ? UTF8PROC_COMPAT : 0);
    utf8proc_ssize_t count =
        utf8proc_decompose_char((utf8proc_int32_t)c, list->points + list->count,
                                LONGEST, (utf8proc_option_t)options, NULL);
    if (count < 0 || count > LONGEST)
        return error_set(error, "utf8proc cannot decompose U+%04X: %s",
                         (unsigned)c, utf8proc_errmsg(count));
    list->count += (size_t)count;
    return true;
}

/* Short runs, nearly all of one or two marks. */
static void insertion_sort(int32_t *points, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        int32_t point = points[i];
        uint8_t class = unicode_combining_class((uint32_t)point);
        size_t at = i;
        for (; at > 0; at--) {
            int32_t before = points[at - 1];
            if (unicode_combining_class((uint32_t)before) <= class)
                break;
            points[at] = before;
        }
        points[at] = point;
    }
}

/* A stable counting sort: hostile runs of a million marks stay linear. */
static bool counting_sort(int32_t *points, size_t count,
                          struct code_points *spare, struct error *error)
{
    size_t starts[257] = {0};
    if (!memory_grow((void **)&spare->points, &spare->capacity, count,
                     sizeof *spare->points, error))
        return false;
    memcpy(spare->points, points, count * sizeof *points);
    for (size_t i = 0; i < count; i++)
        starts[unicode_combining_class((uint32_t)points[i]) + 1]++;
    for (size_t class = 1; class < 257; class ++)
        starts[class] += starts[class - 1];
    for (size_t i = 0; i < count; i++) {
        uint32_t point = (uint32_t)spare->points[i];
        points[starts[unicode_combining_class(point)]++] = (int32_t)point;
    }
    return true;
}

bool unicode_order_marks(struct code_points *list, size_t from,
                         struct code_points *spare, struct error *error)
{
    enum { SHORT = 32 };
    size_t at = from;
    while (at < list->count) {
        if (unicode_combining_class((uint32_t)list->points[at]) == 0) {
            at++;
            continue;
        }
        size_t start = at;
        while (at < list->count &&
               unicode_combining_class((uint32_t)list->points[at]) != 0)
            at++;
        if (at - start <= SHORT)
            insertion_sort(list->points + start, at - start);
        else if (!counting_sort(list->points + start, at - start, spare, error))
            return false;
    }
    return true;
}

/* Characters that compose with nothing in the reference. */
static bool stands_alone(uint32_t c)
{
    const uint32_t dives_aa = 0x11930; /* with 11930 makes 11938 */
    return c >= class_zero[0].first && (c == dives_aa || WITHIN(class_zero, c));
}

/*
 * utf8proc composes by its own combining classes.  Cutting the list at the
 * characters whose class differs in the reference makes both agree.
 */
void unicode_compose(struct code_points *list)
{
    size_t kept = 0, at = 0;
    while (at < list->count) {
        size_t start = at;
        while (at < list->count && !stands_alone((uint32_t)list->points[at]))
            at++;
        if (at == start)
            at++; /* the character that stands alone */
        memmove(list->points + kept, list->points + start,
                (at - start) * sizeof *list->points);
        utf8proc_ssize_t count = utf8proc_normalize_utf32(
            list->points + kept, (utf8proc_ssize_t)(at - start),
            UTF8PROC_COMPOSE | UTF8PROC_STABLE);
        kept += count > 0 ? (size_t)count : 0;
    }
    list->count = kept;
}
