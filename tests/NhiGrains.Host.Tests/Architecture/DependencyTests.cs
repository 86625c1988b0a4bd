using System.Reflection;
using NetArchTest.Rules;
using NhiGrains.Platforms.TestKit;

namespace NhiGrains.Host.Tests.Architecture;

/// <summary>
/// Dependencies point one way: Host -> everything; Grains -> Contracts, Domain, Platforms; GraphQL -> Contracts, Domain;
/// Platforms.X -> Platforms -> Domain; Storage -> Contracts.
/// </summary>
public class DependencyTests
{
    private static readonly string[] OurProjects =
    [
        "NhiGrains.Domain", "NhiGrains.Cel", "NhiGrains.Evidence", "NhiGrains.Contracts", "NhiGrains.Platforms",
        "NhiGrains.Platforms.Aws", "NhiGrains.Platforms.Gcp", "NhiGrains.Platforms.Kubernetes", "NhiGrains.Platforms.Postgres",
        "nhigrains-sandbox",
        "NhiGrains.Grains", "NhiGrains.Storage", "NhiGrains.GraphQL", "nhigrains",
    ];

    [Theory]
    [InlineData("NhiGrains.Domain", "NhiGrains.Cel")]
    [InlineData("NhiGrains.Cel", "")]
    [InlineData("NhiGrains.Contracts", "NhiGrains.Domain")]
    [InlineData("NhiGrains.Evidence", "NhiGrains.Contracts NhiGrains.Domain")]
    [InlineData("NhiGrains.Platforms", "NhiGrains.Domain")]
    [InlineData("NhiGrains.Platforms.Aws", "NhiGrains.Platforms NhiGrains.Domain")]
    [InlineData("NhiGrains.Platforms.Gcp", "NhiGrains.Platforms NhiGrains.Domain")]
    [InlineData("NhiGrains.Platforms.Kubernetes", "NhiGrains.Platforms NhiGrains.Domain")]
    [InlineData("NhiGrains.Platforms.Postgres", "NhiGrains.Platforms NhiGrains.Domain")]
    [InlineData("nhigrains-sandbox", "")]
    [InlineData("NhiGrains.Grains", "NhiGrains.Contracts NhiGrains.Domain NhiGrains.Platforms")]
    [InlineData("NhiGrains.Storage", "NhiGrains.Contracts NhiGrains.Domain")]
    [InlineData("NhiGrains.GraphQL", "NhiGrains.Contracts NhiGrains.Domain")]
    public void A_project_sees_only_what_it_may(string project, string mayTo)
    {
        var allowed = mayTo.Split(' ');
        var seen = Load(project).GetReferencedAssemblies().Select(reference => reference.Name ?? "").Where(OurProjects.Contains);
        Assert.Empty(seen.Except(allowed, StringComparer.Ordinal));
    }

    [Fact]
    public void Domain_knows_no_framework()
    {
        // What the base library itself consists of, and the expressions of conditions, which depend on nothing; nothing that a package brings.
        string[] allowed = ["System.", "netstandard", "Microsoft.CSharp", "NhiGrains.Cel"];
        var seen = Load("NhiGrains.Domain").GetReferencedAssemblies().Select(reference => reference.Name ?? "");
        Assert.All(seen, name => Assert.Contains(allowed, prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("System.Threading.Tasks")]
    [InlineData("System.TimeProvider")]
    [InlineData("System.Net.Http")]
    [InlineData("System.IO.File")]
    [InlineData("System.Diagnostics.Stopwatch")]
    [InlineData("Orleans")]
    [InlineData("Microsoft")]
    public void Domain_is_pure(string dependency) => ExpectNone("NhiGrains.Domain", dependency);

    [Theory]
    [InlineData("NhiGrains.Grains", "Microsoft.AspNetCore")]
    [InlineData("NhiGrains.Grains", "StackExchange.Redis")]
    [InlineData("NhiGrains.Grains", "GraphQL")]
    [InlineData("NhiGrains.Contracts", "Microsoft.AspNetCore")]
    [InlineData("NhiGrains.GraphQL", "StackExchange.Redis")]
    [InlineData("NhiGrains.GraphQL", "k8s")]
    [InlineData("NhiGrains.Platforms", "Orleans")]
    [InlineData("NhiGrains.Platforms.Kubernetes", "Orleans")]
    [InlineData("NhiGrains.Platforms.Aws", "Orleans")]
    [InlineData("NhiGrains.Platforms.Gcp", "Orleans")]
    [InlineData("NhiGrains.Platforms.Postgres", "Orleans")]
    [InlineData("NhiGrains.Storage", "k8s")]
    public void A_project_knows_no_technology_of_another(string project, string technology) => ExpectNone(project, technology);

    [Fact]
    public void Every_project_is_looked_at()
    {
        var projects = Directory.GetFiles(Checkout.PathOf("src"), "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(OurProjects.Except(["nhigrains", "nhigrains-sandbox"]).Append("NhiGrains.Host").Append("NhiGrains.Sandbox").Order(StringComparer.Ordinal), projects.Order(StringComparer.Ordinal));
    }

    private static void ExpectNone(string project, string dependency)
    {
        var result = Types.InAssembly(Load(project)).ShouldNot().HaveDependencyOn(dependency).GetResult();
        Assert.True(result.IsSuccessful, $"{project} knows {dependency}: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }

    private static Assembly Load(string project) => Assembly.Load(project);
}
