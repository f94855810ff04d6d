package trapline.cli;

import picocli.CommandLine.Command;

/// The command line's root.
@Command(
    name = "trapline",
    subcommands = {FollowCommand.class},
    description = "Follows a system call from the source line, through the trap, to the kernel.")
final class TraplineCommand {}
