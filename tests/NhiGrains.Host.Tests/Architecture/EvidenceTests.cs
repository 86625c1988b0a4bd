using System.Text.RegularExpressions;
using NhiGrains.Platforms.TestKit;

namespace NhiGrains.Host.Tests.Architecture;

/// <summary>No claim without its test: what the platforms' pages name as evidence is there.</summary>
public partial class EvidenceTests
{
    private static readonly Lazy<string> Sources = new(() => string.Join('\n', Directory.GetFiles(Checkout.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText)));

    public static TheoryData<string> Pages() => ["aws", "gcp", "kubernetes", "postgres"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_test_that_a_page_names_is_there(string page)
    {
        var rows = File.ReadAllLines(Checkout.PathOf($"docs/platforms/{page}.md"))
            .SkipWhile(line => line != "## Evidence").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| ---", StringComparison.Ordinal)).Skip(1)
            .ToArray();
        var missing = rows.SelectMany(row => Names().Matches(row.Split('|')[3]).Select(match => match.Groups["name"].Value)).Where(name => !IsThere(name)).ToArray();

        Assert.True(rows.Length >= 5, $"{page}.md has {rows.Length} rows of evidence.");
        Assert.All(rows, row => Assert.Matches(Names(), row.Split('|')[3]));
        Assert.Empty(missing);
    }

    // Class, Class.Method or Method; the end of a long name may be left out.
    private static bool IsThere(string name) => name.Split('.').All(part =>
        part.EndsWith('…') ? Sources.Value.Contains($" {part.TrimEnd('…')}", StringComparison.Ordinal)
        : Regex.IsMatch(Sources.Value, $@"(class|Task|void) {part}\b", RegexOptions.None, TimeSpan.FromSeconds(10)));

    [GeneratedRegex("`(?<name>[A-Za-z0-9_.…]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Names();
}
