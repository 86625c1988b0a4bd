using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Kubernetes.Compiling;

namespace NhiGrains.Platforms.Kubernetes.Tests.NeverWider;

/// <summary>What is asked about an entitlement: one thing that it gives, and what is beside that.</summary>
internal sealed class Requests(Random random, string[] namespaces)
{
    private const int Neighbours = 2;

    private static readonly string[] Groups = ["", "apps", "batch", "cert-manager.io", "example.com", "extensions", "rbac.authorization.k8s.io", "*"];
    private static readonly string[] Collections = ["list", "watch", "create", "deletecollection"];
    private static readonly string[] Subresources = ["status", "scale", "exec", "token", "eviction", "*"];
    private static readonly string[] Resources = [.. Catalogue.Current.Types.Select(type => type.Type), "*", "certificates", "clusterissuers", "issuers"];

    public static readonly string[] Verbs =
        ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "bind", "escalate", "impersonate", "*"];

    public IEnumerable<Request> Around(Entitlement entitlement)
    {
        var given = AskedFor.Of(entitlement, Any(entitlement.Resources)).ToArray();
        if (given.Length == 0)
            yield break;
        yield return Any(given);
        for (var i = 0; i < Neighbours; i++)
        {
            var neighbour = Beside(Any(given));
            yield return random.Next(4) == 0 ? Beside(neighbour) : neighbour;
        }
    }

    private Request Beside(Request request)
    {
        var access = request.Access;
        return random.Next(7) switch
        {
            0 => request with { Access = access with { Verb = Any(Verbs) } },
            1 => request with { Access = access with { Name = NameBeside(access.Name) } },
            2 => request with { Namespace = Any<string?>([.. namespaces, "kube-system", "default", null]) },
            3 => request with { Access = access with { Group = Any(Groups) } },
            4 => request with { Access = access with { Resource = Any(Resources) } },
            5 => request with { Access = access with { Resource = access.Resource.Split('/') is [var whole, _] ? whole : $"{access.Resource}/{Any(Subresources)}" } },
            _ => request with { Access = access with { Verb = Any(Collections), Name = random.Next(2) == 0 ? null : access.Name } },
        };
    }

    private string? NameBeside(string? name) => random.Next(4) switch
    {
        0 => null,
        1 => name is { Length: > 1 } ? name[..^1] : "*",
        2 => $"{name}-1",
        _ => Any(EntitlementMaker.Names),
    };

#pragma warning disable CA5394 // A sample of requests needs no secure randomness.
    private T Any<T>(IReadOnlyList<T> some) => some[random.Next(some.Count)];
#pragma warning restore CA5394
}
