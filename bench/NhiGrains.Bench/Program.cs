using NhiGrains.Bench;
using NhiGrains.Bench.Policies;

// Usage: NhiGrains.Bench COUNT LEAD-SECONDS [redis://...]
//        NhiGrains.Bench sweep PRINCIPALS DIFFERENCES
//        NhiGrains.Bench rollout IDENTITIES
//        NhiGrains.Bench bounds DECISIONS
//        NhiGrains.Bench directory MEMBERSHIPS DECISIONS
//        NhiGrains.Bench storm aws|gcp|k8s|pg GRANTS IDENTITIES [usual]
//        NhiGrains.Bench policy write|run FOLDER RULES DECISIONS      steps of policy.sh
int Number(int at, int usual) => int.Parse(args.ElementAtOrDefault(at) ?? $"{usual}", System.Globalization.CultureInfo.InvariantCulture);
var folder = Directory.CreateTempSubdirectory("nhigrains-bench-").FullName;
try
{
    if (args is ["sweep", ..])
        await SweepBench.RunAsync(folder, Number(1, 100_000), Number(2, 50));
    else if (args is ["rollout", ..])
        return await RolloutBench.RunAsync(folder, Number(1, 10_000)) ? 0 : 1;
    else if (args is ["bounds", ..])
        BoundsBench.Run(Number(1, 200));
    else if (args is ["directory", ..])
        await DirectoryBench.RunAsync(folder, Number(1, 50_000), Number(2, 2_000));
    else if (args is ["storm", var platform, ..])
        return await StormBench.RunAsync(folder, platform, Number(2, 1_000), Number(3, 50), args.ElementAtOrDefault(4) == "usual") ? 0 : 1;
    else if (args is ["policy", "write", var to, ..])
        await PolicyBench.WriteAsync(to, Number(3, 1_000));
    else if (args is ["policy", "run", var from, ..])
        return await PolicyBench.RunAsync(from, Number(3, 1_000), Number(4, 50_000)) ? 0 : 1;
    else
        await ExpireAsync(Number(0, 10_000), TimeSpan.FromSeconds(Number(1, 60)), args.ElementAtOrDefault(2) ?? "embedded");
}
finally
{
    Directory.Delete(folder, recursive: true);
}

return 0;

async Task ExpireAsync(int count, TimeSpan lead, string store)
{
    await using var bench = new ExpiryBench(new() { DataFolder = folder, Store = store });
    await bench.StartAsync();
    // The first repetition runs on code that is not yet compiled for speed: it is shown, and it is not the figure.
    var warmUp = Math.Min(count, 3_000);
    var label = store == "embedded" ? "embedded store" : "redis";
    await bench.RunAsync($"{label}, warm-up", new(First: 0, warmUp, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1)));
    await bench.RunAsync($"{label}, ends spread over one second", new(warmUp, count, lead, TimeSpan.FromSeconds(1)));
    await bench.RunAsync($"{label}, all ends at one instant", new(warmUp + count, count, lead, TimeSpan.Zero));
}
