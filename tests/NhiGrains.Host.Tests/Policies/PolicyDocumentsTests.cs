using System.Diagnostics;
using System.Text;
using NhiGrains.Domain.Policies;
using NhiGrains.Host.Policies;

namespace NhiGrains.Host.Tests.Policies;

/// <summary>A set in several files is one set: what belongs together is looked at together.</summary>
public sealed class PolicyDocumentsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nhigrains-policies-");

    public void Dispose()
    {
        using var removal = Process.Start("rm", ["-rf", _folder.FullName]); // By names within folders: some paths are too long.
        removal.WaitForExit();
    }

    private const string Catalogue = """
        format: 1
        applications:
          - {name: orders, owner: {person: ada, team: payments}, environment: production, sensitivity: confidential}
        resources:
          - {prefix: orders/, application: orders}
          - {prefix: orders/secrets/, platform: "k8s:prod", sensitivity: restricted}
        """;

    private static string Rules(string name, string rule = "reads") =>
        $"format: 1\nname: {name}\nrules:\n  - {{name: {rule}, effect: permit, match: {{applications: [orders]}}}}\n";

    [Fact]
    public void A_folder_is_one_set_in_the_order_of_its_paths()
    {
        Write("b/rules.yaml", Rules("shop"));
        Write("a-catalogue.yml", Catalogue);
        Write(".git/config.yaml", "this is not policy");
        Write("README.md", "nor is this");

        var result = PolicyFile.Load(_folder.FullName);

        Assert.Empty(result.Problems);
        var set = Assert.IsType<PolicySet>(result.Set);
        Assert.Equal("shop", set.Name);
        Assert.Equal(Sensitivity.Confidential, Assert.Single(set.Applications).Sensitivity);
        Assert.Equal(["orders/", "orders/secrets/"], set.Resources.Select(entry => entry.Prefix));
        Assert.Equal("reads", Assert.Single(set.Rules).Name);
    }

    [Fact]
    public void Links_to_folders_are_not_followed_and_what_begins_with_a_dot_is_not_looked_into()
    {
        Write("rules/orders.yaml", Rules("shop"));
        Write("catalogue.yaml", Catalogue);
        Write(".git/config", "");
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "rules", "again"), ".");
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "up"), "rules/..");
        Deepen(".git"); // Nobody can list it by its whole path.

        Assert.Equal(["catalogue.yaml", "rules/orders.yaml"], Found());
    }

    [Fact]
    public void A_folder_that_cannot_be_read_is_refused_with_its_name()
    {
        Write("rules.yaml", Rules("shop"));
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "lost"));
        Deepen("lost");

        var result = PolicyFile.Load(_folder.FullName);

        Assert.Null(result.Set);
        Assert.Contains("/lost/", Assert.Single(result.Problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Mounted_configuration_is_read_by_the_links_that_people_see()
    {
        // As kubelet lays out a volume with the items rules.yaml and orders/catalogue.yaml.
        Write("..2026_11_27/rules.yaml", Rules("shop"));
        Write("..2026_11_27/orders/catalogue.yaml", Catalogue);
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "..data"), "..2026_11_27");
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "rules.yaml"), "..data/rules.yaml");
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "orders"), "..data/orders");

        Assert.Equal(["orders/catalogue.yaml", "rules.yaml"], Found());
        Assert.Empty(PolicyFile.Load(_folder.FullName).Problems);
    }

    [Fact]
    public void What_two_files_say_differently_is_refused_with_both_places()
    {
        Expect(
            [("a.yaml", Rules("shop")), ("b.yaml", Rules("store")), ("c.yaml", Catalogue)],
            "b.yaml:2:7: The set is named 'shop' in a.yaml already", "b.yaml:4:12: A rule named 'reads' is in a.yaml:4 already");
        Expect([("a.yaml", Rules("shop")), ("c.yaml", Catalogue), ("d.yaml", Catalogue)], "d.yaml:3:12: An application named 'orders' is in c.yaml:3 already");
    }

    [Fact]
    public void An_application_that_no_file_has_is_refused_where_it_is_named()
    {
        Expect([("a.yaml", Rules("shop"))], "a.yaml:4:12: The rule 'reads' names the application 'orders', which is not there");
        Expect(
            [("c.yaml", Catalogue.Replace("application: orders", "application: order", StringComparison.Ordinal)), ("a.yaml", Rules("shop"))],
            "c.yaml:5:14: There is no application 'order'; did you mean 'orders'?");
    }

    [Fact]
    public void A_set_without_a_name_and_a_folder_without_files_are_refused()
    {
        Expect([("c.yaml", Catalogue), ("d.yaml", "format: 1\nrules: []\n")], "c.yaml:1:1: One of the files has to say the 'name' of the set.");
        Assert.Contains("has no file that ends in .yaml", string.Join('\n', PolicyFile.Load(_folder.FullName).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void More_rules_than_a_set_has_are_refused_over_all_files()
    {
        var half = string.Concat(Enumerable.Range(0, 501).Select(index => $"  - {{name: r{index}, effect: deny, match: {{}}}}\n"));
        Expect(
            [("a.yaml", "format: 1\nname: shop\nrules:\n" + half), ("b.yaml", "format: 1\nrules:\n" + half.Replace("name: r", "name: s", StringComparison.Ordinal))],
            "A policy set has at most 1000 of these");
    }

    [Fact]
    public void Rules_that_contradict_each_other_are_warned_of_with_both_places()
    {
        var permit = "format: 1\nname: shop\nrules:\n  - {name: bots-may, effect: permit, match: {kinds: [bot], environments: [staging]}}\n";
        var deny = "format: 1\nrules:\n  - {name: no-bots, effect: deny, match: {kinds: [bot]}}\n";

        var result = PolicyFile.Parse([new("a.yaml", Encoding.UTF8.GetBytes(permit)), new("b.yaml", Encoding.UTF8.GetBytes(deny))]);

        Assert.Empty(result.Problems);
        var warning = Assert.Single(result.Warnings).ToString();
        Assert.StartsWith("a.yaml:4:12: ", warning, StringComparison.Ordinal);
        Assert.Contains("('no-bots' is in b.yaml:3)", warning, StringComparison.Ordinal);
    }

    private static void Expect((string Path, string Text)[] files, params string[] expected)
    {
        var result = PolicyFile.Parse([.. files.Select(file => new PolicySourceFile(file.Path, Encoding.UTF8.GetBytes(file.Text)))]);
        Assert.Null(result.Set);
        Assert.All(expected, problem => Assert.Contains(problem, string.Join('\n', result.Problems), StringComparison.Ordinal));
    }

    private string[] Found() => [.. PolicyFolder.FilesIn(_folder.FullName).Select(path => Path.GetRelativePath(_folder.FullName, path)).Order(StringComparer.Ordinal)];

    /// <summary>Folders in it, one in the other, until a path to the last is longer than paths may be. A folder that may not be read would be one for root too.</summary>
    private void Deepen(string folder)
    {
        var name = new string('d', 255);
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"for depth in $(seq 18); do mkdir {name} && cd -P {name}; done"]) { WorkingDirectory = Path.Combine(_folder.FullName, folder) });
        shell?.WaitForExit();
        Assert.Equal(0, shell?.ExitCode);
    }

    private void Write(string path, string text)
    {
        var whole = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole) ?? "");
        File.WriteAllText(whole, text);
    }
}
