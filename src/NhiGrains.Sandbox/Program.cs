using System.Runtime.InteropServices;
using NhiGrains.Sandbox.Demo;

// nhigrains-sandbox FOLDER [--without-cluster]
// Starts a fake cloud on loopback, leaves in FOLDER/settings.json how a control plane reaches it, prints 'ready', and runs until its
// standard input closes, or it is told to stop: whoever started it holds the other end, so it cannot outlive them. What happens in it is kept nowhere.
if (args is not [var folder, .. var options] || folder.StartsWith('-') || options.Any(option => option != "--without-cluster"))
{
    Console.Error.WriteLine("Usage: nhigrains-sandbox FOLDER [--without-cluster]");
    return 2;
}

// The web servers in here take these signals for theirs, and then they no longer end the process.
var told = new TaskCompletionSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
await using var cloud = new DemoCloud();
await cloud.StartAsync(folder, withCluster: options.Length == 0);
Console.WriteLine("ready");
using var input = Console.OpenStandardInput();
await Task.WhenAny(input.CopyToAsync(Stream.Null), told.Task);
return 0;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    told.TrySetResult();
}
