using System.Reflection;
using NhiGrains.Platforms;
using NhiGrains.Platforms.TestKit;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Host.Tests.Architecture;

/// <summary>A connector that is not held to the contract is not to be shipped.</summary>
public class ConnectorContractTests
{
    public static TheoryData<string> ProjectsWithConnectors() =>
        [.. ConnectorsOfTheHost().Select(type => type.Assembly.GetName().Name ?? "").Distinct(StringComparer.Ordinal)];

    [Fact]
    public void The_host_has_connectors() => Assert.NotEmpty(ConnectorsOfTheHost());

    [Theory]
    [MemberData(nameof(ProjectsWithConnectors))]
    public void Every_connector_has_tests_that_inherit_the_contract(string project)
    {
        var connectors = ConnectorsOfTheHost().Count(type => type.Assembly.GetName().Name == project);
        var folder = Checkout.PathOf($"tests/{project}.Tests");
        var sources = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories) : [];
        var heirs = sources.Count(file => File.ReadAllText(file).Contains($": {nameof(ConnectorContract)}", StringComparison.Ordinal));
        Assert.True(heirs >= connectors, $"{project} has {connectors} connector(s), and {folder} has {heirs} class(es) that inherit {nameof(ConnectorContract)}.");
    }

    [Fact]
    public void A_connector_that_other_tests_stand_on_is_held_to_the_contract_as_well()
    {
        var standIns = ConnectorsIn(typeof(ConnectorContract).Assembly).ToArray();
        var suites = Directory.GetFiles(Checkout.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains($": {nameof(ConnectorContract)}", StringComparison.Ordinal))
            .SelectMany(file => Directory.GetFiles(Path.GetDirectoryName(file) ?? "", "*.cs"))
            .Select(File.ReadAllText)
            .ToArray();

        Assert.NotEmpty(standIns);
        Assert.All(standIns, type => Assert.Contains(suites, text => text.Contains($"Connector = new {type.Name}(", StringComparison.Ordinal)));
    }

    private static Type[] ConnectorsOfTheHost() =>
    [
        .. Assembly.Load("nhigrains").GetReferencedAssemblies()
            .Where(reference => reference.Name?.StartsWith("NhiGrains.", StringComparison.Ordinal) == true)
            .SelectMany(reference => ConnectorsIn(Assembly.Load(reference))),
    ];

    private static IEnumerable<Type> ConnectorsIn(Assembly assembly) =>
        assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IPlatformConnector)));
}
