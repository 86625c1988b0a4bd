using CsCheck;
using k8s.Models;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Kubernetes.Compiling;

namespace NhiGrains.Platforms.Kubernetes.Tests.Compiling;

/// <summary>Promise 5, by an oracle that says of a single request whether anybody asked for it.</summary>
public class NeverWiderProperties
{
    private static readonly Dictionary<string, Verb[]> WhoAsksFor = new(StringComparer.Ordinal)
    {
        ["list"] = [Verb.List], ["get"] = [Verb.Read], ["create"] = [Verb.Write], ["update"] = [Verb.Write], ["patch"] = [Verb.Write], ["delete"] = [Verb.Delete],
        ["watch"] = [], ["deletecollection"] = [], ["escalate"] = [], ["bind"] = [], ["impersonate"] = [], ["*"] = [],
    };

    private static readonly string[] Types = ["configmaps", "pods", "deployments"];
    private static readonly string[] Namespaces = ["shop", "bank"];
    private static readonly string?[] ObjectNames = ["a", "b", "c", null];

    private static readonly Gen<Entitlement> Asked = Gen.Select(Gen.Int[1, 15], Gen.Int[0, 2], Gen.Int[0, 1], Gen.Int[0, 3], (verbs, type, space, name) =>
        new Entitlement("k8s:test", [.. Enum.GetValues<Verb>().Take(4).Where((_, i) => (verbs & (1 << i)) != 0)],
            [new(Types[type], Namespaces[space], ObjectNames[name] is null ? ResourceMatch.All : ResourceMatch.Exact, ObjectNames[name])], Conditions.None));

    [Fact]
    public void A_request_is_allowed_exactly_when_an_entitlement_asks_for_it() =>
        Asked.Array[0, 5].Sample(entitlements =>
        {
            var plan = Compiler.Compile(
                new("billing", new("k8s:test", "shop/billing"), [.. entitlements.Select(e => new DesiredEntitlement(e, "intent", null))], ControllerEndAllowed: false),
                "k8s:test", new(false, TimeSpan.Zero, true, true, TimeSpan.Zero, TimeSpan.Zero));
            var roles = plan.Objects.Where(o => o.Kind == "Role").ToDictionary(o => o.Key.Split('/')[0], o => RulesOf(o), StringComparer.Ordinal);
            return Requests().All(request =>
                (roles.TryGetValue(request.Namespace, out var rules) && rules.Any(request.Access.IsGivenBy)) == entitlements.Any(e => IsAskedBy(e, request)));
        }, iter: 20_000);

    private static bool IsAskedBy(Entitlement entitlement, (string Namespace, Access Access) request)
    {
        var resource = entitlement.Resources[0];
        // The name of what is to be created is not known to the authorizer.
        var named = resource.Match == ResourceMatch.All || (resource.Name == request.Access.Name && request.Access.Verb != "create");
        return named && resource.Container == request.Namespace && resource.Type == request.Access.Resource
            && WhoAsksFor[request.Access.Verb].Any(entitlement.Verbs.Contains);
    }

    private static IEnumerable<(string Namespace, Access Access)> Requests() =>
        from space in Namespaces
        from type in Types
        from verb in WhoAsksFor.Keys
        from name in ObjectNames
        select (space, new Access(type == "deployments" ? "apps" : "", type, verb, name));

    private static V1PolicyRule[] RulesOf(NativeObject role) => [.. Bodies.Read<RoleBody>(role).Rules.Select(Rules.ToNative)];
}
