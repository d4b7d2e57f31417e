#!/bin/bash
# hardened.sh - what configure promised about the program is in its ELF file.
#
#   hardened.sh      prints TAP, a case for each; $hardening is configure's list
#
# stack_clash leaves no mark that can be read.  That of branch_protection is
# looked for in every object: the linker drops it from the program where the C
# library's start files lack it.
set -u
export LC_ALL=C

archive=$top_builddir/src/libxenc.a

elf() { readelf -W "$1" "$XENC" 2>/dev/null; }

has_pie() { elf -d | grep -q '(FLAGS_1).* PIE'; }
has_relro() { elf -l | grep -q ' GNU_RELRO '; }
has_now() { elf -d | grep -q '(FLAGS_1).* NOW'; }
has_noexecstack() { elf -l | grep -qE ' GNU_STACK .* RW +0x'; }
has_stack_protector() { elf --dyn-syms | grep -q ' UND __stack_chk_fail'; }
has_fortify() {
    elf --dyn-syms | grep -qE ' UND __(v?snprintf|mem[a-z]+|read)_chk'
}
has_branch_protection() {
    every_object '(x86 feature:.*IBT, SHSTK)|(AArch64 feature:.*BTI, PAC)'
}

# Whether `readelf -n` says it of each object of the archive.
every_object() { # PATTERN
    readelf -nW "$archive" 2>/dev/null | awk -v wanted="$1" '
        function end_of_object() {
            if (object != "" && !found)
                missing = missing " " object
        }
        /^File: / { end_of_object(); object = $2; found = 0 }
        $0 ~ wanted { found = 1 }
        END {
            end_of_object()
            if (missing != "")
                print "# not in:" missing
            exit object == "" || missing != ""
        }'
}

# What no program of today has; configure need not promise it.
has_no_writable_code() { ! elf -l | grep -qE ' LOAD .* [R ]WE '; }
has_no_text_relocations() { ! elf -d | grep -q TEXTREL; }
has_no_search_path() { ! elf -d | grep -qE '\((RPATH|RUNPATH)\)'; }
always='no_writable_code no_text_relocations no_search_path'
asked='pie relro now noexecstack stack_protector branch_protection fortify'

if ! command -v readelf >/dev/null; then
    echo "1..0 # SKIP readelf is not installed"
    exit 0
fi
if ! elf -h | grep -q 'Class: *ELF'; then
    echo "1..0 # SKIP the program is not an ELF file"
    exit 0
fi

number=0
failed=0
echo "1..$(echo $always $asked | wc -w)"
for property in $always $asked; do
    number=$((number + 1))
    case " $always $hardening " in
    *" $property "*)
        if has_$property; then
            echo "ok $number - $property"
        else
            echo "not ok $number - $property: not in $XENC"
            failed=1
        fi
        ;;
    *) echo "ok $number - $property # SKIP configure left it out" ;;
    esac
done
exit $failed
