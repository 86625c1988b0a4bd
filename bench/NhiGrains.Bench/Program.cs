using NhiGrains.Bench;

// Usage: NhiGrains.Bench COUNT LEAD-SECONDS [redis://...]
var count = int.Parse(args.ElementAtOrDefault(0) ?? "10000", System.Globalization.CultureInfo.InvariantCulture);
var lead = TimeSpan.FromSeconds(int.Parse(args.ElementAtOrDefault(1) ?? "60", System.Globalization.CultureInfo.InvariantCulture));
var store = args.ElementAtOrDefault(2) ?? "embedded";
var folder = Directory.CreateTempSubdirectory("nhigrains-bench-").FullName;
try
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
finally
{
    Directory.Delete(folder, recursive: true);
}
