#include "text/added_tokens.h"

#include <string.h>

struct added_node {
    int32_t token;          /* index + 1 of the token that ends here */
    int32_t child, sibling; /* 0: none */
    char byte;
};

static void matcher_free(struct added_matcher *matcher)
{
    memory_free(matcher->nodes);
    *matcher = (struct added_matcher){0};
}

void added_tokens_free(struct added_tokens *added)
{
    memory_free(added->items);
    slice_map_free(&added->by_content);
    matcher_free(&added->raw);
    matcher_free(&added->normalized);
    *added = (struct added_tokens){0};
}

bool added_tokens_put(struct added_tokens *added, struct added_token token,
                      struct error *error)
{
    if (token.content.length == 0)
        return true;
    int32_t index = slice_map_get(&added->by_content, token.content);
    if (index >= 0) {
        added->items[index] = token;
        return true;
    }
    if (!memory_grow((void **)&added->items, &added->capacity, added->count + 1,
                     sizeof *added->items, error))
        return false;
    index = (int32_t)added->count;
    added->items[added->count++] = token;
    return slice_map_put(&added->by_content, token.content, index, error);
}

const struct added_token *added_tokens_find(const struct added_tokens *added,
                                            struct slice content)
{
    int32_t index = slice_map_get(&added->by_content, content);
    return index < 0 ? NULL : &added->items[index];
}

/* The link that leads to the child of this byte, or where it belongs. */
static int32_t *find_link(struct added_matcher *matcher, int32_t *link,
                          char byte)
{
    while (*link != 0 && matcher->nodes[*link].byte != byte)
        link = &matcher->nodes[*link].sibling;
    return link;
}

/* Of two tokens with one spelling the first counts, as in the reference. */
static bool insert(struct added_matcher *matcher, struct slice spelling,
                   int32_t token, struct error *error)
{
    /* Node 0 stands for no node; growing first keeps the links valid. */
    if (!memory_grow((void **)&matcher->nodes, &matcher->capacity,
                     matcher->count + spelling.length + 1,
                     sizeof *matcher->nodes, error))
        return false;
    matcher->count += matcher->count == 0;

    int32_t *link = &matcher->roots[(unsigned char)spelling.bytes[0]];
    matcher->root_count += *link == 0;
    matcher->last_root = spelling.bytes[0];
    int32_t node = 0;
    for (size_t i = 0; i < spelling.length; i++) {
        link = find_link(matcher, link, spelling.bytes[i]);
        if (*link == 0) {
            *link = (int32_t)matcher->count;
            matcher->nodes[matcher->count++].byte = spelling.bytes[i];
        }
        node = *link;
        link = &matcher->nodes[node].child;
    }
    if (matcher->nodes[node].token == 0)
        matcher->nodes[node].token = token + 1;
    return true;
}

static bool insert_token(struct added_tokens *added, size_t index,
                         const struct normalizer_list *normalizers,
                         struct normalize_scratch *scratch, struct error *error)
{
    const struct added_token *token = &added->items[index];
    struct slice spelling = token->content;
    if (token->normalized && !normalize(normalizers, &spelling, scratch, error))
        return false;
    if (spelling.length == 0)
        return true;
    return insert(token->normalized ? &added->normalized : &added->raw,
                  spelling, (int32_t)index, error);
}

bool added_tokens_build(struct added_tokens *added,
                        const struct normalizer_list *normalizers,
                        struct error *error)
{
    struct normalize_scratch scratch = {0};
    bool fine = true;
    for (int special = 1; special >= 0; special--)
        for (size_t i = 0; fine && i < added->count; i++)
            if (added->items[i].special == special)
                fine = insert_token(added, i, normalizers, &scratch, error);
    normalize_scratch_free(&scratch);
    return fine;
}

/* The next byte that a token may begin with; most sets have one: '['. */
static const char *find_root(const struct added_matcher *matcher,
                             const char *at, const char *end)
{
    if (matcher->root_count < 2) {
        const char *found =
            matcher->root_count == 1
                ? memchr(at, matcher->last_root, (size_t)(end - at))
                : NULL;
        return found ? found : end;
    }
    while (at < end && matcher->roots[(unsigned char)*at] == 0)
        at++;
    return at;
}

/* Index + 1 of the longest token at `at`, and its length; 0: none. */
static int32_t match_at(const struct added_matcher *matcher, const char *at,
                        const char *end, size_t *length)
{
    int32_t found = 0;
    const char *start = at;
    int32_t node = matcher->roots[(unsigned char)*at];
    while (node != 0) {
        at++;
        if (matcher->nodes[node].token != 0) {
            found = matcher->nodes[node].token;
            *length = (size_t)(at - start);
        }
        if (at == end)
            break;
        node = matcher->nodes[node].child;
        while (node != 0 && matcher->nodes[node].byte != *at)
            node = matcher->nodes[node].sibling;
    }
    return found;
}

/* Start of the character that ends before `at`. */
static const char *step_back(const char *at)
{
    do
        at--;
    while (utf8_continues(*at));
    return at;
}

static bool is_beside_word(struct slice text, const char *from, const char *to)
{
    if (from > text.bytes && unicode_is_word(utf8_decode(step_back(from))))
        return true;
    return to < text.bytes + text.length && unicode_is_word(utf8_decode(to));
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && unicode_is_space(utf8_decode(at)))
        at += utf8_length(*at);
    return at;
}

static const char *skip_space_back(const char *at, const char *start)
{
    while (at > start && unicode_is_space(utf8_decode(step_back(at))))
        at = step_back(at);
    return at;
}

const struct added_token *added_tokens_next(const struct added_tokens *added,
                                            const struct added_matcher *matcher,
                                            struct added_walk *walk,
                                            struct slice *piece)
{
    const char *text = walk->text.bytes, *end = text + walk->text.length;
    const char *done = text + walk->done, *at = text + walk->seen;
    while ((at = find_root(matcher, at, end)) < end) {
        size_t length = 0;
        int32_t found = match_at(matcher, at, end, &length);
        if (found == 0) {
            at++;
            continue;
        }
        const struct added_token *token = &added->items[found - 1];
        const char *from = at, *to = at + length;
        at = to;
        if (token->single_word && is_beside_word(walk->text, from, to))
            continue;

        if (token->lstrip)
            from = skip_space_back(from, done);
        if (token->rstrip)
            to = skip_space(to, end);
        if (to <= done)
            continue; /* blanks that the token before it swallowed */
        walk->seen = (size_t)(at - text);
        *piece = (struct slice){done, from > done ? (size_t)(from - done) : 0};
        walk->done = (size_t)(to - text);
        return token;
    }
    *piece = (struct slice){done, (size_t)(end - done)};
    walk->done = walk->seen = walk->text.length;
    return NULL;
}
