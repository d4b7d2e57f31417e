/*
 * curl_script.c - stands between hub/http.c and libcurl.
 */
#include "curl_script.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* These sources are compiled with other names for them: see local.mk. */
#undef dlsym
#undef nanosleep
void *dlsym(void *library, const char *name);
void *fuzz_dlsym(void *library, const char *name);
int fuzz_nanosleep(const struct timespec *wanted, struct timespec *left);

void (*curl_script_watch)(const char *url, bool has_token);

static struct slice answers; /* that are to come */

typedef size_t take_bytes(char *bytes, size_t size, size_t count,
                          void *context);

/* What the request has said. */
static struct {
    const char *url;
    const struct curl_slist *headers;
    take_bytes *header, *body;
    void *header_context, *body_context;
    long status;
} request;

void curl_script_start(struct slice script)
{
    answers = script;
}

/* Nobody waits. */
int fuzz_nanosleep(const struct timespec *wanted, struct timespec *left)
{
    (void)wanted, (void)left;
    return 0;
}

static CURLcode set_option(CURL *handle, CURLoption option, ...)
{
    va_list value;
    (void)handle;
    va_start(value, option);
    if (option == CURLOPT_URL)
        request.url = va_arg(value, const char *);
    else if (option == CURLOPT_HTTPHEADER)
        request.headers = va_arg(value, const struct curl_slist *);
    else if (option == CURLOPT_HEADERFUNCTION)
        request.header = va_arg(value, take_bytes *);
    else if (option == CURLOPT_HEADERDATA)
        request.header_context = va_arg(value, void *);
    else if (option == CURLOPT_WRITEFUNCTION)
        request.body = va_arg(value, take_bytes *);
    else if (option == CURLOPT_WRITEDATA)
        request.body_context = va_arg(value, void *);
    va_end(value);
    return CURLE_OK;
}

static CURLcode get_fact(CURL *handle, CURLINFO fact, ...)
{
    va_list value;
    (void)handle;
    va_start(value, fact);
    *va_arg(value, long *) =
        fact == CURLINFO_RESPONSE_CODE ? request.status : 0;
    va_end(value);
    return CURLE_OK;
}

static bool has_token(void)
{
    static const char name[] = "Authorization:";
    const struct curl_slist *header = request.headers;
    while (header != NULL && strncmp(header->data, name, sizeof name - 1) != 0)
        header = header->next;
    return header != NULL;
}

/* A copy of exactly that length, which the callee may only read. */
static bool give(take_bytes *take, struct slice bytes, void *context)
{
    char *copy = malloc(bytes.length > 0 ? bytes.length : 1);
    fuzz_require(copy != NULL);
    memcpy(copy, bytes.bytes, bytes.length);
    bool fine = take(copy, 1, bytes.length, context) == bytes.length;
    free(copy);
    return fine;
}

/* "HTTP/1.1 302 Found"; 0 where there is no number. */
static long read_status(struct slice line)
{
    struct slice words[2] = {{"", 0}, {"", 0}};
    long status = 0;
    text_words(line, words, 2);
    for (size_t i = 0; i < words[1].length && i < 3; i++)
        status = status * 10 + (words[1].bytes[i] & 15);
    return status;
}

static bool give_headers(struct slice *answer)
{
    for (bool is_first = true; answer->bytes != NULL; is_first = false) {
        const char *start = answer->bytes;
        struct slice line = text_cut(answer, '\n');
        struct slice whole = {start, line.length + (answer->bytes != NULL)};
        if (is_first)
            request.status = read_status(line);
        if (!give(request.header, whole, request.header_context))
            return false;
        if (text_trim(line).length == 0)
            return true;
    }
    return true;
}

/* In parts, as they come over a network. */
static bool give_body(struct slice body)
{
    size_t step = 1 + body.length / 3;
    for (size_t at = 0; at < body.length; at += step) {
        size_t left = body.length - at;
        struct slice part = {body.bytes + at, left < step ? left : step};
        if (!give(request.body, part, request.body_context))
            return false;
    }
    return true;
}

static CURLcode perform(CURL *handle)
{
    struct slice name, answer;
    (void)handle;
    request.status = 0;
    if (curl_script_watch != NULL)
        curl_script_watch(request.url, has_token());
    if (!fuzz_next_member(&answers, &name, &answer))
        return CURLE_GOT_NOTHING;
    if (!give_headers(&answer) || !give_body(answer))
        return CURLE_WRITE_ERROR;
    int code = 0;
    for (size_t i = 0; i < name.length; i++)
        if (name.bytes[i] >= '0' && name.bytes[i] <= '9')
            code = (code * 10 + name.bytes[i] - '0') % 100;
    return (CURLcode)code;
}

void *fuzz_dlsym(void *library, const char *name)
{
    static CURLcode (*const set)(CURL *, CURLoption, ...) = set_option;
    static CURLcode (*const get)(CURL *, CURLINFO, ...) = get_fact;
    static CURLcode (*const run)(CURL *) = perform;
    void *function = dlsym(library, name);
    if (strcmp(name, "curl_easy_setopt") == 0)
        memcpy(&function, &set, sizeof function);
    else if (strcmp(name, "curl_easy_getinfo") == 0)
        memcpy(&function, &get, sizeof function);
    else if (strcmp(name, "curl_easy_perform") == 0)
        memcpy(&function, &run, sizeof function);
    return function;
}
