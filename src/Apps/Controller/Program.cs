using Havm.Controller;

return await ControllerMain.RunAsync(args);
