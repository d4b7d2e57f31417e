/*
 * main.c - looks up the command, reads its options, runs it.
 *
 * The locale stays "C": bytes are UTF-8 and numbers have a point wherever xenc
 * runs.  Signals keep what the parent chose: a closed pipe ends xenc as it
 * ends sort, unless the parent ignores SIGPIPE; then writing fails.
 */
#include "config.h"

#include "base/interrupt.h"
#include "base/mapping.h"
#include "cli/message.h"
#include "cli/options/help.h"
#include "cli/options/unknown.h"

#include <fcntl.h>
#include <unistd.h>

static int print_version(void)
{
    puts("xenc " PACKAGE_VERSION);
    return help_finish();
}

static int print_help(const struct command *command)
{
    help_print(stdout, command);
    return help_finish();
}

static int run_command(const struct command *command, int count,
                       char *const *arguments)
{
    struct error error = {0};
    struct options options;
    int status;
    if (!options_parse(&options, command, count, arguments, &error))
        status = complain(&error);
    else if (options.version)
        status = print_version();
    else if (options.help)
        status = print_help(command);
    else
        status = command->run(&options);
    options_free(&options);
    if (interrupt_seen())
        interrupt_die(); /* it came when all was done */
    return status;
}

/*
 * The number of a stream that the parent closed would go to the next file that
 * is opened: messages would end up in the output file.  What stands in for it
 * is open the wrong way round, so that its use fails as before.
 */
static void hold_closed_streams(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) == -1)
            (void)open("/dev/null",
                       stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    hold_closed_streams();
    interrupt_open();
    mapping_open();
    const char *first = argc > 1 ? argv[1] : "--";
    if (first[0] == '-' && first[1] != '\0')
        return run_command(&program, argc - (argc > 0), argv + (argc > 0));

    const struct command *command = command_find(first);
    if (command == NULL) {
        struct error error = {0};
        command_unknown(first, &error);
        return complain(&error);
    }
    return run_command(command, argc - 2, argv + 2);
}
