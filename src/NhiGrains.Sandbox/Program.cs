using NhiGrains.Sandbox.Demo;

// nhigrains-sandbox FOLDER [--without-cluster]
// Starts a fake cloud on loopback, leaves in FOLDER/settings.json how a control plane reaches it, prints 'ready', and runs until its
// standard input closes: whoever started it holds the other end, so it cannot outlive them. What happens in it is kept nowhere.
if (args is not [var folder, .. var options] || folder.StartsWith('-') || options.Any(option => option != "--without-cluster"))
{
    Console.Error.WriteLine("Usage: nhigrains-sandbox FOLDER [--without-cluster]");
    return 2;
}

await using var cloud = new DemoCloud();
await cloud.StartAsync(folder, withCluster: options.Length == 0);
Console.WriteLine("ready");
using var input = Console.OpenStandardInput();
await input.CopyToAsync(Stream.Null);
return 0;
