using Havm.Lab.Commands;

return await LabCommandLine.RunAsync(args);
