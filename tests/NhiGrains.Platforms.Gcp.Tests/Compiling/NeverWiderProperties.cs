using System.Text.Json.Nodes;
using CsCheck;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Gcp.Compiling;
using NhiGrains.Sandbox.Gcp.Access;
using NhiGrains.Sandbox.Gcp.Conditions;
using Condition = NhiGrains.Sandbox.Gcp.Policies.Condition;

namespace NhiGrains.Platforms.Gcp.Tests.Compiling;

/// <summary>
/// Promise 5: whether the sandbox's conditions and targets, which are written without the connector, allow a single request, against
/// an oracle that says whether anybody asked for it.
/// </summary>
public class NeverWiderProperties(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Noon = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Targets Targets = new(GcpTarget.Project, GcpTarget.Number);

    private static readonly Dictionary<string, (string Type, Verb[] Verbs)> WhoAsksFor = new(StringComparer.Ordinal)
    {
        ["storage.objects.get"] = ("storage-object", [Verb.Read]),
        ["storage.objects.create"] = ("storage-object", [Verb.Write]),
        ["storage.objects.update"] = ("storage-object", [Verb.Write]),
        ["storage.objects.delete"] = ("storage-object", [Verb.Delete]),
        ["storage.objects.list"] = ("storage-object", [Verb.List]),
        ["storage.objects.setIamPolicy"] = ("storage-object", []),
        ["storage.buckets.get"] = ("storage-bucket", [Verb.Read]),
        ["storage.buckets.update"] = ("storage-bucket", []),
        ["storage.buckets.delete"] = ("storage-bucket", [Verb.Delete]),
        ["storage.buckets.setIamPolicy"] = ("storage-bucket", []),
        ["secretmanager.secrets.get"] = ("secretmanager-secret", [Verb.Read]),
        ["secretmanager.versions.get"] = ("secretmanager-secret", [Verb.Read]),
        ["secretmanager.versions.access"] = ("secretmanager-secret", [Verb.Read, Verb.UseCredential]),
        ["secretmanager.versions.add"] = ("secretmanager-secret", [Verb.Write]),
        ["pubsub.topics.publish"] = ("pubsub-topic", [Verb.Write]),
        ["pubsub.topics.get"] = ("pubsub-topic", [Verb.Read]),
        ["run.routes.invoke"] = ("run-service", [Verb.Invoke]),
    };

    private static readonly (string Type, string[] Containers, string[] Names, string[] Prefixes)[] Resources =
    [
        ("storage-object", ["orders", "orders-old"], ["team-a/x", "team-ab", "team-a", "team-b/x", "\"a\\"], ["team-a/", "team-", "x:"]),
        ("storage-bucket", [""], ["orders", "orders-old", "archive"], ["orders-", "arch-"]),
        ("secretmanager-secret", [""], ["db", "db-old", "api"], ["db-", "api-"]),
        ("pubsub-topic", [""], ["orders", "orders-old"], ["orders-"]),
        ("run-service", [GcpTarget.Region], ["checkout", "checkout-old"], ["checkout-"]),
    ];

    private static Gen<ResourceSelector> Selector((string Type, string[] Containers, string[] Names, string[] Prefixes) resource) =>
        from container in Gen.Int[0, resource.Containers.Length - 1]
        from name in Gen.Int[0, resource.Names.Length - 1]
        from prefix in Gen.Int[0, resource.Prefixes.Length - 1]
        from match in Gen.Int[0, 4]
        select match switch
        {
            0 => new ResourceSelector(resource.Type, resource.Type == "storage-object" ? resource.Containers[container] : "", ResourceMatch.All, null),
            1 => new ResourceSelector(resource.Type, resource.Containers[container], ResourceMatch.Prefix, resource.Prefixes[prefix]),
            _ => new ResourceSelector(resource.Type, resource.Containers[container], ResourceMatch.Exact, resource.Names[name]),
        };

    // Mostly of one type, as people write them, since of several types hardly a verb is offered by all.
    private static readonly Gen<ResourceSelector[]> Selectors = Gen.Frequency(
        (9, Gen.OneOf([.. Resources.Select(resource => Selector(resource).Array[1, 3])])),
        (1, Gen.OneOf([.. Resources.Select(Selector)]).Array[2, 3]));

    internal static readonly Gen<DesiredEntitlement> Asked =
        from verbs in Gen.Int[1, 63]
        from resources in Selectors
        from start in Gen.Int[-2, 3]
        from end in Gen.Int[-1, 4]
        from source in Gen.Int[0, 1]
        select new DesiredEntitlement(
            new(GcpTarget.PlatformId, [.. Enum.GetValues<Verb>().Where((_, i) => (verbs & (1 << i)) != 0)], resources,
                new(NotBefore: start < 0 ? null : Noon.AddHours(start), NotAfter: start < 0 || end < 0 ? null : Noon.AddHours(start + 1))),
            source == 0 ? "intent" : "g1",
            end < 0 ? null : Noon.AddHours(end));

    [Fact]
    public void A_request_is_allowed_exactly_when_an_entitlement_asks_for_it()
    {
        var (compiler, counts, asked) = (new Compiler(Some.Options), new int[4], 0L);
        Asked.Array[0, 3].Sample(entitlements =>
        {
            // What is refused is refused as a whole; the rest has to mean what it says.
            var planned = entitlements.Select(Possible).Select(entitlement => (Entitlement: entitlement, Plan(compiler, [entitlement]).Fidelity)).ToArray();
            Count(planned.Select(one => one.Fidelity), counts);
            var possible = planned.Where(one => one.Fidelity is not Fidelity.Refused).Select(one => one.Entitlement).ToArray();
            var plan = Plan(compiler, possible);
            if (plan.Fidelity is Fidelity.Refused)
                return false;
            var bindings = plan.Objects.Select(Read).ToArray();
            foreach (var request in Requests)
            {
                Interlocked.Increment(ref asked);
                if (bindings.Any(binding => Allows(binding, request)) != possible.Any(entitlement => IsAskedBy(entitlement, request, plan.Fidelity)))
                    throw new InvalidOperationException($"{request} is {(bindings.Any(binding => Allows(binding, request)) ? "allowed and not asked for" : "asked for and not allowed")} with\n{string.Join('\n', plan.Objects.Select(o => o.Body))}");
            }

            return true;
        }, iter: 15_000);
        output.WriteLine($"Exact {counts[0]}, Narrower {counts[1]}, ControllerEnforced {counts[2]}, Refused {counts[3]}; {asked} requests, none wider.");
    }

    /// <summary>Without the verbs that the type of a resource does not offer or Google cannot keep to it, so that not nearly all is refused.</summary>
    internal static DesiredEntitlement Possible(DesiredEntitlement wanted) => wanted with
    {
        Entitlement = wanted.Entitlement with
        {
            Verbs = [.. wanted.Entitlement.Verbs.Where(verb => wanted.Entitlement.Resources.All(resource =>
                WhoAsksFor.Values.Any(who => who.Type == resource.Type && who.Verbs.Contains(verb)) && (verb != Verb.List || resource.Match != ResourceMatch.Exact)))],
        },
    };

    private static Translation Plan(Compiler compiler, DesiredEntitlement[] entitlements) =>
        compiler.Compile(new("billing", Some.Binding, entitlements, ControllerEndAllowed: true));

    private static void Count(IEnumerable<Fidelity> all, int[] counts)
    {
        foreach (var one in all)
            Interlocked.Increment(ref counts[one switch { Fidelity.Exact => 0, Fidelity.Narrower => 1, Fidelity.ControllerEnforced => 2, _ => 3 }]);
    }

    internal static bool IsAskedBy(DesiredEntitlement wanted, Request request, Fidelity fidelity)
    {
        var (type, verbs) = WhoAsksFor[request.Permission];
        var (entitlement, from, until) = (wanted.Entitlement, wanted.Entitlement.Conditions.NotBefore, wanted.EndsAt);
        if (entitlement.Conditions.NotAfter is { } notAfter && !(until < notAfter))
            until = notAfter;
        // One topic has no times of its own: the controller keeps them, and says so.
        bool InTime(ResourceSelector resource) => (resource is { Type: "pubsub-topic", Match: ResourceMatch.Exact } && fidelity is Fidelity.ControllerEnforced)
            || (!(request.At < from) && !(request.At >= until));
        return verbs.Any(entitlement.Verbs.Contains) && entitlement.Resources.Any(resource =>
            resource.Type == type && InTime(resource)
            && (resource.Container == request.Container || (resource.Match == ResourceMatch.All && resource.Container.Length == 0))
            && resource.Match switch
            {
                ResourceMatch.All => true,
                ResourceMatch.Prefix => (request.Permission == "storage.objects.list" ? request.ListPrefix : request.Name)?.StartsWith(resource.Name ?? "", StringComparison.Ordinal) == true,
                _ => request.Permission != "storage.objects.list" && request.Name == resource.Name,
            });
    }

    private static bool Allows((BindingBody Body, Condition? Condition) binding, Request request) =>
        binding.Body.Permissions?.Contains(request.Permission) == true
        && request.Target.Policies.Any(policy => policy.EndsWith($".googleapis.com/{binding.Body.At}", StringComparison.Ordinal))
        && binding.Condition?.Holds(new ConditionContext(request.At, request.Target.Name, request.Target.Type, request.Target.Service, request.ListPrefix)) != false;

    private static (BindingBody, Condition?) Read(NativeObject binding)
    {
        var body = Bodies.Read(binding);
        Assert.Equal($"serviceAccount:{Some.Binding.Principal}", Assert.Single(body.Members));
        Assert.Equal(body.Condition, JsonNode.Parse(binding.Body)?["condition"]?.GetValue<string>());
        return (body, body.Condition is null ? null : new("title", "", body.Condition));
    }

    internal static Request[] Requests { get; } =
    [
        .. from who in WhoAsksFor
           from resource in Resources
           where resource.Type == who.Value.Type
           from container in resource.Containers
           from name in resource.Names
           from hours in (double[])[-0.5, 0, 0.9999999, 1, 2.5, 4]
           select Request.Of(who.Key, resource.Type, container, name, Noon.AddHours(hours)),
    ];

    internal sealed record Request(string Permission, string Container, string Name, DateTimeOffset At, string? ListPrefix, Target Target)
    {
        public static Request Of(string permission, string type, string container, string name, DateTimeOffset at) => new(
            permission, container, name, at, permission == "storage.objects.list" ? name : null, type switch
            {
                "storage-object" when permission == "storage.objects.list" => Targets.Bucket(container),
                "storage-object" => Targets.Object(container, name),
                "storage-bucket" => Targets.Bucket(name),
                "pubsub-topic" => Targets.Topic(name),
                "run-service" => Targets.RunService(container, name),
                _ when permission.StartsWith("secretmanager.versions", StringComparison.Ordinal) && permission != "secretmanager.versions.add" => Targets.SecretVersion(name, "1"),
                _ => Targets.Secret(name),
            });

        /// <summary>As authorizers know it.</summary>
        public string FullName => $"//{Target.Policies[0].Split('/')[2]}/{Target.Shown}";

        public override string ToString() => $"{Permission} of {Container}/{Name} at {At:O}";
    }
}
