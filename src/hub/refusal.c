#include "hub/refusal.h"

#include <stdio.h>
#include <string.h>

struct refusal {
    const struct hub_settings *settings;
    const char *url;
    const struct http_answer *answer;
    int id_length;
    const char *id, *revision;
};

static const char *header(const struct refusal *refusal, enum http_header which)
{
    const char *value = refusal->answer->headers[which];
    return value != NULL ? value : "";
}

static bool has_code(const struct refusal *refusal, const char *code)
{
    return strcmp(header(refusal, HTTP_ERROR_CODE), code) == 0;
}

static bool says(const struct refusal *refusal, const char *words)
{
    return strstr(header(refusal, HTTP_ERROR_MESSAGE), words) != NULL;
}

static bool explain_gate(const struct refusal *refusal, struct error *error)
{
    const struct hub_settings *settings = refusal->settings;
    if (settings->token == NULL)
        return error_set(error,
                         "%.*s: its authors grant access on request: ask at "
                         "%s/%.*s, then set HF_TOKEN to a token of that "
                         "account",
                         refusal->id_length, refusal->id, settings->endpoint,
                         refusal->id_length, refusal->id);
    return error_set(error,
                     "%.*s: its authors grant access on request, and the "
                     "account of the token in %s has none: ask at %s/%.*s",
                     refusal->id_length, refusal->id, settings->token_source,
                     settings->endpoint, refusal->id_length, refusal->id);
}

/* The Hub does not tell what is private from what does not exist. */
static bool explain_unknown(const struct refusal *refusal, struct error *error)
{
    const struct hub_settings *settings = refusal->settings;
    if (settings->token == NULL)
        return error_set(error,
                         "%.*s: not found, or private: check the name; for a "
                         "private model set HF_TOKEN to a token from "
                         "%s/settings/tokens",
                         refusal->id_length, refusal->id, settings->endpoint);
    if (says(refusal, "Invalid"))
        return error_set(error,
                         "%s: this token is not valid: make one at "
                         "%s/settings/tokens, or go without",
                         settings->token_source, settings->endpoint);
    return error_set(error,
                     "%.*s: not found, or private: check the name, and "
                     "whether the account of the token in %s may read it",
                     refusal->id_length, refusal->id, settings->token_source);
}

static bool explain_absence(const struct refusal *refusal, struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    if (has_code(refusal, "RevisionNotFound"))
        return error_set(error,
                         "%.*s: no revision '%s': a branch, a tag or a commit "
                         "of it was expected",
                         refusal->id_length, refusal->id,
                         text_quote(slice_of(refusal->revision), quoted));
    if (has_code(refusal, "EntryNotFound"))
        return error_set(error,
                         "%.*s: a file that the Hub lists is not there: try "
                         "again",
                         refusal->id_length, refusal->id);
    return error_set(error,
                     "%.*s: not found: check the name; 'xenc models' lists "
                     "models",
                     refusal->id_length, refusal->id);
}

static bool explain_trouble(const struct refusal *refusal, struct error *error)
{
    char host[HTTP_HOST_BYTES];
    http_host(refusal->url, host);
    if (refusal->answer->status == 429)
        return error_set(error, "%s: too many requests: wait some minutes%s",
                         host,
                         refusal->settings->token
                             ? ""
                             : ", or set HF_TOKEN: known users may ask more");
    return error_set(error,
                     "%s: trouble of the server (status %ld): try again "
                     "later",
                     host, refusal->answer->status);
}

/* A server's own words are quoted, unless it sends the token back. */
static bool explain_other(const struct refusal *refusal, struct error *error)
{
    char host[HTTP_HOST_BYTES], quoted[TEXT_QUOTE_BYTES];
    const char *token = refusal->settings->token;
    const char *message = header(refusal, HTTP_ERROR_MESSAGE);
    struct slice words = slice_of(message);
    if (words.length == 0)
        words = refusal->answer->refusal;
    if (token != NULL && words.length > 0 &&
        memmem(words.bytes, words.length, token, strlen(token)) != NULL)
        words.length = 0;
    return error_set(error, "%s: %.*s: status %ld%s%s%s",
                     http_host(refusal->url, host), refusal->id_length,
                     refusal->id, refusal->answer->status,
                     words.length > 0 ? ": '" : "", text_quote(words, quoted),
                     words.length > 0 ? "'" : "");
}

bool refusal_explain(const struct hub_settings *settings,
                     const struct hubcache_name *name, const char *url,
                     const struct http_answer *answer, struct error *error)
{
    struct refusal refusal = {settings,       url,
                              answer,         (int)name->id.length,
                              name->id.bytes, name->revision};
    long status = answer->status;
    bool is_ours = http_same_origin(url, settings->endpoint);
    if (is_ours && has_code(&refusal, "GatedRepo"))
        return explain_gate(&refusal, error);
    if (is_ours && status == 403 && says(&refusal, "disabled"))
        return error_set(error, "%.*s: the Hub has disabled this model",
                         refusal.id_length, refusal.id);
    if (is_ours && status == 401)
        return explain_unknown(&refusal, error);
    if (is_ours && status == 404)
        return explain_absence(&refusal, error);
    if (status == 429 || status == 408 || status >= 500)
        return explain_trouble(&refusal, error);
    return explain_other(&refusal, error);
}
