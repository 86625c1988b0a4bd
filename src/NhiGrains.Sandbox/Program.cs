using NhiGrains.Sandbox;

// Which platforms it fakes comes with them; without any there is nothing to start.
await using var server = new SandboxServer();
Console.Error.WriteLine("The sandbox has no platforms yet.");
return 2;
