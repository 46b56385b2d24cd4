using Havm.Contracts.Store;
using Xunit.Runner.InProc.SystemConsole;

// The runner is started by hand because the same program is also the child process of tests that kill one.
if (args is [CommitLoop.Verb, var directory])
{
    return await CommitLoop.RunAsync(directory);
}

return await ConsoleRunner.Run(args);
