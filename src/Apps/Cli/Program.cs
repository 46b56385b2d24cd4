using Havm.Cli;

return await CommandLine.RunAsync(args);
