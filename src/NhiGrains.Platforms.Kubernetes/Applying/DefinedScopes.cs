using System.Collections.Concurrent;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Kubernetes.Api;
using NhiGrains.Platforms.Kubernetes.Compiling;

namespace NhiGrains.Platforms.Kubernetes.Applying;

/// <summary>A custom resource to which access is given in a namespace or in the cluster.</summary>
internal sealed record PlacedType(string Definition, bool InCluster)
{
    public string Wanted => InCluster ? "Cluster" : "Namespaced";

    public static PlacedType? Of(bool inCluster, string group, string resource) =>
        CustomTypes.DefinitionOf(group, resource) is { } definition ? new(definition, inCluster) : null;
}

/// <summary>
/// Whether custom resources are where access to them is given. A rule of the cluster for what lives in namespaces would give it in all
/// of them, which nobody asked for; and a definition can be deleted and made again with another scope.
/// </summary>
internal sealed class DefinedScopes(KubernetesApi api)
{
    private const int MostDefinitions = 1_000;
    private const int AtOnce = 8;

    /// <returns>What is wrong with the place; null when nothing is.</returns>
    public async Task<PlatformException?> ProblemAsync(PlacedType placed, CancellationToken cancellation)
    {
        var found = await api.FindAsync(ApiKinds.CustomDefinition, null, placed.Definition, cancellation);
        return (found, placed.InCluster) switch
        {
            // An API server that is not this one may serve it, and then it has no definition. In one namespace that can widen nothing.
            (null, false) => null,
            (null, true) => new(PlatformError.NotFound, $"There is no CustomResourceDefinition '{placed.Definition}' that says that it belongs to the cluster."),
            ({ Metadata.DeletionTimestamp: not null }, true) => new(PlatformError.NotFound, $"The CustomResourceDefinition '{placed.Definition}' is being deleted."),
            ({ Spec.Scope: "Cluster" }, false) => new(PlatformError.Rejected, $"'{placed.Definition}' belong to the cluster and to no namespace. Leave the container empty."),
            ({ Spec.Scope: "Namespaced" }, true) => new(PlatformError.Rejected, $"'{placed.Definition}' live in namespaces. Name the namespace as the container."),
            ({ Spec.Scope: "Cluster" or "Namespaced" }, _) => null,
            _ => throw ApiFailures.Unavailable($"read CustomResourceDefinition {placed.Definition}", "the answer holds no scope", null),
        };
    }

    /// <summary>Those of the definitions that are known not to belong to the cluster.</summary>
    /// <remarks>
    /// One that cannot be read is not among them: not knowing is no difference, must hold up no removal, and a probe tells it. Neither
    /// is one beyond the first thousand, which roles that somebody made look like ours could name.
    /// </remarks>
    public async Task<IReadOnlySet<string>> NotOfClusterAsync(IReadOnlyCollection<string> definitions, CancellationToken cancellation)
    {
        var found = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(definitions.Take(MostDefinitions), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (definition, ending) =>
        {
            try
            {
                found[definition] = await ProblemAsync(new(definition, InCluster: true), ending) is not null;
            }
            catch (PlatformException)
            {
                found[definition] = false;
            }
        });
        return found.Where(one => one.Value).Select(one => one.Key).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The objects without what must not be given where it is, and why not.</summary>
    /// <returns>When a definition could not be read, all objects as they are, and that as the problem.</returns>
    public async Task<(IReadOnlyList<NativeObject> Objects, PlatformException? Problem)> CheckAsync(IReadOnlyList<NativeObject> wanted, CancellationToken cancellation)
    {
        var placed = wanted.Where(IsRole).SelectMany(role => RulesOf(role).Select(rule => Place(role, rule))).OfType<PlacedType>().Distinct().ToArray();
        try
        {
            var problems = (await Task.WhenAll(placed.Select(async one => (Placed: one, Problem: await ProblemAsync(one, cancellation)))))
                .Where(one => one.Problem is not null).ToDictionary(one => one.Placed, one => one.Problem);
            return problems.Count == 0 ? (wanted, null) : (Without(wanted, problems.ContainsKey), problems.Values.First());
        }
        catch (PlatformException unknown)
        {
            return (wanted, unknown);
        }
    }

    private static NativeObject[] Without(IReadOnlyList<NativeObject> wanted, Func<PlacedType, bool> isMisplaced)
    {
        var kept = wanted.Where(IsRole)
            .Select(role => (Role: role, Rules: RulesOf(role).Where(rule => Place(role, rule) is not { } placed || !isMisplaced(placed)).ToArray()))
            .Where(one => one.Rules.Length > 0)
            .Select(one => one.Role with { Body = Bodies.Text(new RoleBody(one.Rules)) })
            .ToArray();
        var keys = kept.Select(role => role.Key).ToHashSet(StringComparer.Ordinal);
        return [.. kept, .. wanted.Where(one => !IsRole(one) && keys.Contains(one.Key))];
    }

    private static bool IsRole(NativeObject one) => one.Kind is "Role" or "ClusterRole";

    private static IReadOnlyList<Rule> RulesOf(NativeObject role) => Bodies.Read<RoleBody>(role).Rules;

    private static PlacedType? Place(NativeObject role, Rule rule) =>
        rule is { ApiGroups: [var group], Resources: [var resource] } ? PlacedType.Of(role.Kind == "ClusterRole", group, resource) : null;
}
