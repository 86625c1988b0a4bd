namespace NhiGrains.Platforms.TestKit.Mutants;

/// <summary>A deliberately wrong translation, and how it was found.</summary>
/// <param name="Wrong">Questions that the platform's authorizer answered otherwise than expected.</param>
/// <param name="Differences">Between what was observed and the right plan. A compiler that is wrong compares with its own plan, and finds none.</param>
/// <param name="NotAsked">Why no question to the authorizer finds it; empty: one has to.</param>
public sealed record Mutant(string Name, int Wrong, int Differences, string NotAsked)
{
    public override string ToString() => $"{Name}: " + (Wrong, Differences) switch
    {
        (0, 0) => $"SURVIVED, {NotAsked}",
        (0, _) => $"ONLY observation ({Differences}), {NotAsked}",
        (_, 0) => $"probe ({Wrong})",
        _ => $"probe ({Wrong}) and observation ({Differences})",
    };
}

public static class MutantTable
{
    /// <summary>How many are tried at once; each has a principal of its own.</summary>
    private const int AtOnce = 6;

    /// <summary>Tries each, prints the table in its order, and fails when one was not found as it says of itself, or more than one of a hundred survived.</summary>
    public static async Task PrintAsync<T>(IReadOnlyList<T> mutants, Func<T, Task<Mutant>> tryOne)
    {
        var tried = new Mutant[mutants.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, mutants.Count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
            async (number, _) => tried[number] = await tryOne(mutants[number]));
        var output = TestContext.Current.TestOutputHelper;
        foreach (var mutant in tried)
            output?.WriteLine(mutant.ToString());
        var (survived, seen) = (tried.Where(one => one is { Wrong: 0, Differences: 0 }).ToArray(), tried.Where(one => one is { Wrong: 0, Differences: > 0 }).ToArray());
        output?.WriteLine($"{tried.Length} mutants: {tried.Length - survived.Length - seen.Length} by probe, {seen.Length} by observation alone, {survived.Length} survived");
        Assert.Equal(tried.Where(one => one.NotAsked.Length > 0).Select(one => one.Name), tried.Where(one => one.Wrong == 0).Select(one => one.Name));
        Assert.True(survived.Length <= (tried.Length + 99) / 100, string.Join('\n', survived.AsEnumerable()));
        Assert.Equal(tried.Length, tried.DistinctBy(one => one.Name, StringComparer.Ordinal).Count());
    }
}
