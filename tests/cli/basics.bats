#!/usr/bin/env bats
# basics.bats - what xenc says of itself.

load helper

version=$(sed -n 's/^AC_INIT(\[xenc\], \[\(.*\)\])/\1/p' \
    "$top_srcdir/configure.ac")

@test "--version prints name and version" {
    try --version
    gives 0
    prints "xenc $version"
    complains
}

@test "--help prints on standard output" {
    try --help
    gives 0
    complains
    head -1 .out | grep -q '^usage: xenc '
}

@test "no command at all is an error on standard error" {
    try
    gives 2
    prints
    grep -q '^xenc: ' .err
}

@test "an unknown command is an error in one line" {
    try frobnicate
    gives 2
    prints
    [ "$(wc -l <.err)" -eq 1 ]
    grep -q "^xenc: .*'frobnicate'" .err
}
