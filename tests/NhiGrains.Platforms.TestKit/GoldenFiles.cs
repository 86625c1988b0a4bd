namespace NhiGrains.Platforms.TestKit;

/// <summary>
/// What is asked and what a platform gets, a file for each case, for people to read. After a change that is meant, run the tests
/// with <c>NHIGRAINS_REWRITE_GOLDEN=1</c>, and read what git shows.
/// </summary>
/// <param name="folder">Of the checkout: <c>tests/X.Tests/Golden</c>.</param>
/// <param name="extension">With its dot.</param>
public sealed class GoldenFiles(string folder, string extension)
{
    private readonly string _folder = Checkout.PathOf(folder);

    public void Check(string name, string text)
    {
        var file = Path.Combine(_folder, name + extension);
        if (Environment.GetEnvironmentVariable("NHIGRAINS_REWRITE_GOLDEN") == "1")
            File.WriteAllText(file, text);

        Assert.True(File.Exists(file), $"There is no {file}: run with NHIGRAINS_REWRITE_GOLDEN=1, and read it.");
        Assert.Equal(File.ReadAllText(file), text);
    }

    /// <summary>Every file is of a case, and every case has its file.</summary>
    public void CheckNames(IEnumerable<string> cases) => Assert.Equal(
        cases.Order(StringComparer.Ordinal),
        Directory.GetFiles(_folder, "*" + extension).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
}
