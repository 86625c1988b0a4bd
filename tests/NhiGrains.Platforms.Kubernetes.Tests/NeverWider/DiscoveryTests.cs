using System.Text.Json;
using NhiGrains.Platforms.Kubernetes.Compiling;

namespace NhiGrains.Platforms.Kubernetes.Tests.NeverWider;

/// <summary>What the catalogue says of resources, and what a real server says of its own.</summary>
public class DiscoveryTests(Cluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_type_of_the_catalogue_is_one_of_the_servers_in_its_group_and_scope()
    {
        using var client = cluster.Server.ClientWith(cluster.Server.AdminToken);
        var known = new HashSet<(string Type, string Group, bool ClusterScoped)>();
        using var groups = await ReadAsync(client, "apis");
        var versions = groups.RootElement.GetProperty("groups").EnumerateArray().SelectMany(group => group.GetProperty("versions").EnumerateArray())
            .Select(version => version.GetProperty("groupVersion").GetString() ?? "");
        foreach (var version in versions.Select(version => $"apis/{version}").Append("api/v1"))
        {
            using var listed = await ReadAsync(client, version);
            var group = version == "api/v1" ? "" : version.Split('/')[1];
            known.UnionWith(listed.RootElement.GetProperty("resources").EnumerateArray()
                .Select(resource => (resource.GetProperty("name").GetString() ?? "", group, !resource.GetProperty("namespaced").GetBoolean())));
        }

        Assert.All(Catalogue.Current.Types, type => Assert.Contains((type.Type, type.Group, type.ClusterScoped), known));
    }

    private static async Task<JsonDocument> ReadAsync(HttpClient client, string path) =>
        JsonDocument.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation));
}
