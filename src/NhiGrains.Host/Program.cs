return await NhiGrains.Host.CommandLine.NhiCommandLine.RunAsync(args, Console.Out, Console.Error);
