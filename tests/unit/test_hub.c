/*
 * test_hub.c - names, paths, URLs and hashes of the Hub, and what a plan takes.
 */
#include "base/files.h"
#include "hub/digest.h"
#include "hub/http.h"
#include "hub/inventory.h"
#include "hub/plan.h"
#include "hub/shared.h"

#include "directory.h"

static void names_of_models(void **state)
{
    (void)state;
    struct hubcache_name name;
    struct error error = {0};
    assert_true(hubcache_parse("org/a-b.c@refs/pr/1", &name));
    assert_true(slice_is(name.id, "org/a-b.c"));
    assert_string_equal(name.revision, "refs/pr/1");
    char *folder = hubcache_folder("/r", name.id, &error);
    assert_string_equal(folder, "/r/models--org--a-b.c");
    memory_free(folder);
    assert_true(hubcache_parse("plain", &name));
    assert_string_equal(name.revision, "main");
    folder = hubcache_folder("/r", name.id, &error);
    assert_string_equal(folder, "/r/models--plain");
    memory_free(folder);

    static const char *const bad[] = {
        "",      "a/b/c", "/a",     "a/",     "../a",   "a--b", "a..b",
        "a/b@",  "a@/x",  "a@x/",   "a@x//y", "a@..",   "a b",  "a@x y",
        "a@.ab", ".a/b",  "a/b@a?", "a\nb",   "a/b@%2F"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(hubcache_parse(bad[i], &name));
}

static void paths_of_files(void **state)
{
    (void)state;
    assert_true(listing_is_path(slice_of("config.json")));
    assert_true(listing_is_path(slice_of("2_Dense/model.safetensors")));
    static const char *const bad[] = {"",       "/a",   "a/",    "a//b", "../a",
                                      "a/../b", ".a",   "a/.b",  "a\\b", "C:a",
                                      "a\tb",   "a\nb", "a\x7F", "."};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(listing_is_path(slice_of(bad[i])));
    assert_false(listing_is_path((struct slice){"a\0b", 3}));
    char longest[600];
    memset(longest, 'a', sizeof longest);
    assert_true(listing_is_path((struct slice){longest, 512}));
    assert_false(listing_is_path((struct slice){longest, 513}));
}

/* "abc" of FIPS 180-4; git's hash as `git hash-object` prints it. */
static void hashes(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *name;
    } cases[] = {
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015"
                "ad"},
        {"",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"hello\n", "ce013625030ba8dba906f756967f9e9ca394464a"},
        {"", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {0};
        struct slice bytes = slice_of(cases[i].bytes);
        struct digest *digest =
            digest_new(slice_of(cases[i].name), bytes.length, &error);
        if (digest == NULL)
            skip(); /* built without nettle */
        digest_add(digest, slice_of("another beginning"));
        digest_restart(digest);
        digest_add(digest, bytes);
        assert_true(digest_fits(digest));
        digest_restart(digest);
        digest_add(digest, slice_of("another"));
        assert_false(digest_fits(digest));
        digest_free(digest);
    }
    assert_false(digest_is_name(slice_of("abc")));
    assert_false(
        digest_is_name(slice_of("CE013625030ba8dba906f756967f9e9ca394464a")));
    assert_false(
        digest_is_name(slice_of("../13625030ba8dba906f756967f9e9ca394464a")));
}

static void urls(void **state)
{
    (void)state;
    static const struct {
        const char *base, *reference, *whole; /* NULL: refused */
    } cases[] = {
        {NULL, "https://a.example/x", "https://a.example/x"},
        {NULL, "http://127.0.0.1:8/x", "http://127.0.0.1:8/x"},
        {NULL, "http://localhost/", "http://localhost/"},
        {NULL, "http://[::1]:8/", "http://[::1]:8/"},
        {NULL, "http://a.example/", NULL},
        {NULL, "http://127.0.0.1.a.example/", NULL},
        {NULL, "http://localhost.example/", NULL},
        {NULL, "https://me:word@a.example/", NULL},
        {NULL, "file:///etc/passwd", NULL},
        {NULL, "ftp://127.0.0.1/", NULL},
        {NULL, "nonsense://x", NULL},
        {"https://a.example/x/y", "/z", "https://a.example/z"},
        {"https://a.example/x/y", "https://b.example/z", "https://b.example/z"},
        {"https://a.example/x", "//b.example/z", "https://b.example/z"},
        {"https://a.example/x", "http://127.0.0.1/", NULL},
        {"http://127.0.0.1/x", "http://127.0.0.1:9/", "http://127.0.0.1:9/"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {0};
        char *url = http_url(cases[i].base, cases[i].reference, &error);
        if (strstr(error.text, "built without") != NULL)
            skip();
        if (cases[i].whole == NULL)
            assert_true(url == NULL && error.set);
        else
            assert_string_equal(url, cases[i].whole);
        memory_free(url);
    }
    assert_true(http_same_origin("https://a/x", "https://A:443/y"));
    assert_false(http_same_origin("https://a/x", "http://a/x"));
    assert_false(http_same_origin("https://a/x", "https://a:444/x"));
    assert_false(http_same_origin("https://a/x", "https://a.b/x"));
    assert_false(http_same_origin("https://a/x", "not a URL"));
}

static void links(void **state)
{
    (void)state;
    struct error error = {0};
    struct directory directory;
    char path[PATH_MAX], name[CACHED_BLOB_BYTES], hash[SHARED_HASH_BYTES + 1];
    static const char *const targets[][2] = {
        {"../../blobs/abc", "abc"}, {"../../../blobs/abc", "abc"},
        {"../../blobs/../abc", ""}, {"../../blobs/.abc", ""},
        {"/etc/passwd", ""},        {"../../blobs/", ""}};
    directory_make(&directory);
    snprintf(path, sizeof path, "%s/link", directory.path);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        assert_int_equal(symlink(targets[i][0], path), 0);
        assert_true(cached_blob_name(path, name, &error));
        assert_string_equal(name, targets[i][1]);
        assert_false(shared_hash(path, hash));
        unlink(path);
    }
    assert_true(cached_blob_name(path, name, &error)); /* not there */
    assert_string_equal(name, "");
#define HASH                                                                   \
    "c5"                                                                       \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd"
    assert_int_equal(symlink("../../blobs/c5/" HASH, path), 0);
    assert_true(shared_hash(path, hash));
    assert_string_equal(hash, HASH);
    unlink(path);
    assert_int_equal(symlink("../../blobs/c6/" HASH, path), 0);
    assert_false(shared_hash(path, hash));
    directory_remove(&directory);
}

static void folders(void **state)
{
    (void)state;
    struct directory directory;
    struct error error = {0};
    char path[PATH_MAX], file[PATH_MAX];
    directory_make(&directory);
    snprintf(path, sizeof path, "%s/a/b", directory.path);
    assert_true(file_make_folder(path, &error));
    assert_true(file_make_folder(path, &error));
    assert_int_equal(access(path, F_OK), 0);
    directory_put(&directory, "file", "");
    snprintf(file, sizeof file, "%s/file/x", directory.path);
    assert_false(file_make_folders_above(file, &error));
    assert_true(error.set);
    rmdir(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    directory_remove(&directory);
}

/*** Plans: a listing of names, whose contents the test knows ***/

struct contents {
    const char *name, *text;
};

static bool read_contents(void *context, const struct hub_file *file,
                          struct buffer *bytes, struct error *error)
{
    const struct contents *row = context;
    while (strcmp(row->name, file->path) != 0)
        row++;
    return buffer_append(bytes, row->text, strlen(row->text), error);
}

/* The files that a plan takes of these, joined by blanks; or the error. */
static const char *plan_of(const char *names, const struct contents *contents)
{
    static char out[1024];
    struct listing listing = {0};
    struct plan plan;
    struct error error = {0};
    struct hub_file files[16];
    char copy[512];
    snprintf(copy, sizeof copy, "%s", names);
    for (char *name = strtok(copy, " "); name; name = strtok(NULL, " "))
        files[listing.count++] = (struct hub_file){.path = name};
    listing.files = files;
    out[0] = '\0';
    if (plan_make(&plan, &listing, slice_of("o/m"), read_contents,
                  (void *)(uintptr_t)contents, &error))
        for (size_t i = 0; i < plan.count; i++)
            snprintf(out + strlen(out), sizeof out - strlen(out), "%s%s",
                     i > 0 ? " " : "", plan.files[i]->path);
    else
        snprintf(out, sizeof out, "%s", error.text);
    plan_free(&plan);
    return out;
}

#define PLAIN "config.json vocab.txt tokenizer_config.json README.md "

static void plans(void **state)
{
    (void)state;
    static const struct contents shards[] = {
        {"model.safetensors.index.json",
         "{\"weight_map\": {\"a\": \"s1\", \"b\": \"s2\", \"c\": \"s1\"}}"}};
    assert_string_equal(
        plan_of(PLAIN "pytorch_model.bin model.safetensors x.onnx", NULL),
        "tokenizer_config.json vocab.txt model.safetensors config.json");
    assert_string_equal(
        plan_of("config.json tokenizer.json vocab.txt pytorch_model.bin", NULL),
        "tokenizer.json pytorch_model.bin config.json");
    assert_string_equal(
        plan_of("config.json merges.txt vocab.json pytorch_model.bin", NULL),
        "vocab.json merges.txt pytorch_model.bin config.json");
    assert_string_equal(
        plan_of(PLAIN "s1 s2 s3 model.safetensors.index.json", shards),
        "tokenizer_config.json vocab.txt s1 s2 model.safetensors.index.json "
        "config.json");
    assert_string_equal(
        plan_of(PLAIN "s1 model.safetensors.index.json", shards),
        "o/m: its index of weights names 's2', which is not there");
    assert_string_equal(
        plan_of("vocab.txt model.safetensors", NULL),
        "o/m: no config.json: this is not a model that xenc can run");
}

static void plans_of_modules(void **state)
{
    (void)state;
    static const struct contents chain[] = {
        {"modules.json", "[{\"path\": \"\"}, {\"path\": \"1_P\"}, "
                         "{\"path\": \"2_D\"}, {\"path\": \"../up\"}, 7]"}};
    assert_string_equal(
        plan_of("config.json vocab.txt model.safetensors modules.json "
                "1_P/config.json 2_D/config.json 2_D/pytorch_model.bin "
                "3_X/config.json",
                chain),
        "modules.json vocab.txt 1_P/config.json 2_D/pytorch_model.bin "
        "2_D/config.json model.safetensors config.json");
    static const struct contents broken[] = {{"modules.json", "[{"}};
    assert_non_null(
        strstr(plan_of(PLAIN "modules.json model.safetensors", broken),
               "modules.json:1: not JSON"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_models), cmocka_unit_test(paths_of_files),
        cmocka_unit_test(hashes),          cmocka_unit_test(urls),
        cmocka_unit_test(links),           cmocka_unit_test(folders),
        cmocka_unit_test(plans),           cmocka_unit_test(plans_of_modules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
