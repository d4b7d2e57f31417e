/*
 * test_memory.c - blocks and arenas: aligned, zeroed, checked for overflow.
 */
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

enum { LINE = 64, HUGE = 5 << 20 };

static bool is_zero(const void *block, size_t bytes)
{
    const char *at = block;
    return bytes == 0 || (at[0] == 0 && memcmp(at, at + 1, bytes - 1) == 0);
}

static void assert_aligned(const void *block)
{
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % LINE, 0);
}

static void blocks_are_aligned_zeros(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 63, 64, 65, 4097, HUGE};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct error error = {0};
        char *block = memory_new(sizes[i], 1, &error);
        assert_aligned(block);
        assert_true(is_zero(block, sizes[i]));
        memset(block, 0xA5, sizes[i]);
        memory_free(block);
    }
}

/* Products that wrap to something small are the dangerous ones. */
static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    static const size_t pairs[][2] = {
        {SIZE_MAX, 1},         {SIZE_MAX / 2 + 1, 2},
        {SIZE_MAX / 8 + 2, 8}, {(size_t)1 << 32, (size_t)1 << 32},
        {PTRDIFF_MAX, 1},      {1, SIZE_MAX - LINE + 1},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct error error = {0}, arena_error = {0};
        struct arena arena = {0};
        assert_null(memory_new(pairs[i][0], pairs[i][1], &error));
        assert_true(error.set);
        assert_null(arena_take(&arena, pairs[i][0], pairs[i][1], &arena_error));
        assert_true(arena_error.set);
        arena_free(&arena);
    }
    struct error error = {0};
    struct arena arena = {0};
    assert_null(arena_copy(&arena, "", SIZE_MAX - 1, &error));
    assert_true(error.set);
}

static void growing_keeps_and_zeroes(void **state)
{
    (void)state;
    struct error error = {0};
    uint32_t *numbers = NULL;
    size_t capacity = 0, moves = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        void *before = numbers;
        assert_true(memory_grow((void **)&numbers, &capacity, i + 1,
                                sizeof *numbers, &error));
        moves += before != numbers;
        assert_int_equal(numbers[i], 0);
        numbers[i] = i;
    }
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(numbers[i], i);
    assert_true(moves < 20); /* it doubles */

    assert_false(memory_grow((void **)&numbers, &capacity, SIZE_MAX / 2,
                             sizeof *numbers, &error));
    assert_true(error.set);
    assert_int_equal(numbers[99999], 99999); /* as it was */
    memory_free(numbers);
}

static void arena_blocks_lie_apart(void **state)
{
    (void)state;
    enum { BLOCKS = 500 };
    struct error error = {0};
    struct arena arena = {0};
    unsigned char *blocks[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = arena_take(&arena, i, 7, &error);
        assert_aligned(blocks[i]);
        assert_true(is_zero(blocks[i], i * 7));
        memset(blocks[i], (int)(i & 0xFF), i * 7);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        for (size_t at = 0; at < i * 7; at++)
            assert_int_equal(blocks[i][at], i & 0xFF);
    arena_free(&arena);
    assert_null(arena.chunks);
}

static void large_chunks_are_zeros_to_their_end(void **state)
{
    (void)state;
    struct error error = {0};
    struct arena arena = {0};
    for (size_t bytes = (2 << 20) - 130; bytes < (2 << 20) + 130; bytes += 63) {
        char *block = arena_take(&arena, bytes, 1, &error);
        assert_aligned(block);
        assert_true(is_zero(block, bytes));
        memset(block, 0xA5, bytes);
    }
    arena_free(&arena);
}

/* After a reset what fitted before fits in the one chunk that is kept. */
static void reset_keeps_one_chunk_for_all(void **state)
{
    (void)state;
    struct error error = {0};
    struct arena arena = {0};
    arena_reset(&arena);
    assert_null(arena.chunks);

    for (int round = 0; round < 5; round++) {
        for (size_t i = 0; i < 40; i++)
            assert_aligned(arena_take(&arena, 100000, 1, &error));
        arena_reset(&arena);
        struct arena_chunk *kept = arena.chunks;
        for (size_t i = 0; i < 40; i++) {
            char *block = arena_take(&arena, 100000, 1, &error);
            assert_aligned(block);
            memset(block, round, 100000);
        }
        assert_ptr_equal(arena.chunks, kept);
        arena_reset(&arena);
        assert_ptr_equal(arena.chunks, kept);
    }
    arena_free(&arena);
}

static void copies_end_in_zero(void **state)
{
    (void)state;
    struct error error = {0};
    struct arena arena = {0};
    char *copy = arena_copy(&arena, "ab\0cd", 5, &error);
    assert_memory_equal(copy, "ab\0cd", 6);
    copy = arena_copy(&arena, NULL, 0, &error);
    assert_string_equal(copy, "");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_aligned_zeros),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(growing_keeps_and_zeroes),
        cmocka_unit_test(arena_blocks_lie_apart),
        cmocka_unit_test(large_chunks_are_zeros_to_their_end),
        cmocka_unit_test(reset_keeps_one_chunk_for_all),
        cmocka_unit_test(copies_end_in_zero),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
