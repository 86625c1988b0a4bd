using System.Text.Json.Nodes;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Gcp.Compiling;
using NhiGrains.Platforms.TestKit.Contract;

namespace NhiGrains.Platforms.Gcp.Tests.Compiling;

/// <summary>
/// Deliberately wrong translations: each is applied in place of the right one. A compiler that is wrong is wrong in what is observed
/// as well as in what is desired, so it counts most what the authorizer says: the probes are made of entitlements and not of plans.
/// </summary>
public class MutantTests(ITestOutputHelper output) : GcpTests
{
    private const string Objects = $"projects/_/buckets/{GcpTarget.Bucket}/objects/";

    private static readonly DateTimeOffset End = TimeProvider.System.GetUtcNow().AddHours(1);
    private static readonly string[] OnlySeen = ["a list of the whole bucket", "a list below a shorter prefix", "the list is lost"];

    private sealed record Mutant(string Name, Func<BindingBody, bool> Which, Func<BindingBody, BindingBody?> Change);

    [Fact]
    public async Task Every_wrong_translation_is_caught_by_a_probe_or_where_none_can_be_asked_by_an_observation()
    {
        await MakeResourcesAsync();
        var (generation, survivors) = (2L, new List<string>());
        Assert.Equal("", await CaughtAsync(Right(generation), Target.Plan(Right(generation))));
        foreach (var mutant in Mutants())
        {
            await Target.ApplyAsync(Target.Desired(++generation));
            var (right, changed) = (Target.Plan(Right(generation)), Right(++generation));
            var caught = await CaughtAsync(changed, Changed(right, mutant));
            output.WriteLine($"{mutant.Name}: {(caught.Length == 0 ? "SURVIVED" : caught)}");
            if (!caught.StartsWith("probe", StringComparison.Ordinal) && !(OnlySeen.Contains(mutant.Name) && caught.Length > 0))
                survivors.Add(mutant.Name);
        }

        Assert.Empty(survivors);
    }

    private DesiredState Right(long generation)
    {
        DesiredEntitlement Of(DateTimeOffset? end, Verb[] verbs, ResourceSelector resource) => new(Target.Entitlement(resource, verbs), "g1", end);
        return Target.Desired(generation) with
        {
            Entitlements =
            [
                Of(End, [Verb.Read, Verb.Delete], Target.Resource(1)),
                Of(null, [Verb.Read, Verb.List], new("storage-object", GcpTarget.Bucket, ResourceMatch.Prefix, "team-a/")),
                Of(null, [Verb.Write], new("pubsub-topic", "", ResourceMatch.Exact, "orders")),
                Of(End, [Verb.Read], new("secretmanager-secret", "", ResourceMatch.Exact, "db")),
                Of(End, [Verb.Read], new("pubsub-subscription", "", ResourceMatch.All, null)),
            ],
        };
    }

    private static Mutant[] Mutants()
    {
        bool Object(BindingBody body) => body.Condition?.Contains("object-1", StringComparison.Ordinal) == true;
        bool Prefix(BindingBody body) => body.Condition?.StartsWith("resource.name.startsWith", StringComparison.Ordinal) == true;
        bool List(BindingBody body) => body.Permissions?.Contains("storage.objects.list") == true;
        bool Topic(BindingBody body) => body.At.Contains("/topics/", StringComparison.Ordinal);
        bool Secret(BindingBody body) => body.At.Contains("/secrets/", StringComparison.Ordinal);
        bool Subscriptions(BindingBody body) => body.At == $"projects/{GcpTarget.Project}";
        Mutant Text(string name, Func<BindingBody, bool> which, string right, string wrong) => new(name, which, body => body with { Condition = body.Condition?.Replace(right, wrong, StringComparison.Ordinal) });
        Mutant With(string name, Func<BindingBody, bool> which, string permission) => new(name, which, body => body with { Permissions = [.. (body.Permissions ?? []).Append(permission).Order(StringComparer.Ordinal)] });
        Mutant Without(string name, Func<BindingBody, bool> which, string permission) => new(name, which, body => body with { Permissions = [.. (body.Permissions ?? []).Where(one => one != permission)] });
        Mutant At(string name, Func<BindingBody, bool> which, string place) => new(name, which, body => body with { At = place });
        Mutant Condition(string name, Func<BindingBody, bool> which, string condition) => new(name, which, body => body with { Condition = condition });
        Mutant Lost(string name, Func<BindingBody, bool> which) => new(name, which, _ => null);
        var (until, named) = (CelText.Until(End), CelText.NameIs(Objects + "object-1"));
        return
        [
            Condition("the end of an object is lost", Object, named),
            Condition("the name of an object is lost", Object, until),
            Condition("both are lost", Object, CelText.Standing),
            Condition("or in place of and", Object, $"{named} || {until}"),
            Condition("not that object", Object, $"resource.name != \"{Objects}object-1\" && {until}"),
            Condition("the end an hour later", Object, $"{named} && {CelText.Until(End.AddHours(1))}"),
            Condition("the end a second later", Object, $"{named} && {CelText.Until(End.AddSeconds(1))}"),
            Condition("the end is over", Object, $"{named} && {CelText.Until(End.AddHours(-2))}"),
            Condition("it has not begun", Object, $"{named} && {CelText.From(End.AddMinutes(-1))}"),
            Condition("after the end in place of before", Object, $"{named} && {CelText.From(End)}"),
            Text("what begins like the object", Object, $"resource.name == \"{Objects}object-1\"", $"resource.name.startsWith(\"{Objects}object-1\")"),
            Text("the neighbouring object", Object, "object-1", "object-2"),
            Text("the object in another bucket's name", Object, $"buckets/{GcpTarget.Bucket}", $"buckets/{GcpTarget.OtherBucket}"),
            At("in another bucket's policy", Object, $"projects/_/buckets/{GcpTarget.OtherBucket}"),
            With("to create beside", Object, "storage.objects.create"),
            With("to update beside", Object, "storage.objects.update"),
            With("to hand out access", Object, "storage.objects.setIamPolicy"),
            Without("DELETE is lost", Object, "storage.objects.delete"),
            Without("READ is lost", Object, "storage.objects.get"),
            Lost("the object is lost", Object),
            Text("a prefix without its separator", Prefix, "team-a/", "team-a"),
            Text("a prefix cut to its first letters", Prefix, "team-a/", "te"),
            Text("no prefix", Prefix, "team-a/", ""),
            Text("every bucket", Prefix, $"{Objects}team-a/", "projects/_/buckets/"),
            Text("another prefix", Prefix, "team-a/", "team-b/"),
            Text("what ends so", Prefix, "startsWith", "endsWith"),
            With("to delete below the prefix", Prefix, "storage.objects.delete"),
            new("the prefix in the project", Prefix, body => body with { At = $"projects/{GcpTarget.Project}", Condition = "resource.name.startsWith(\"projects/_/buckets/\")" }),
            Lost("the prefix is lost", Prefix),
            Condition("a list of the whole bucket", List, CelText.Standing),
            Text("a list below a shorter prefix", List, "team-a/", "team-a"),
            Lost("the list is lost", List),
            new("all topics in place of one", Topic, body => body with { At = $"projects/{GcpTarget.Project}", Condition = CelText.Standing }),
            At("another topic", Topic, $"projects/{GcpTarget.Project}/topics/orders-old"),
            With("to delete the topic", Topic, "pubsub.topics.delete"),
            new("to read in place of to publish", Topic, body => body with { Permissions = ["pubsub.topics.get"] }),
            Lost("the topic is lost", Topic),
            Condition("the end of a secret is lost", Secret, CelText.Standing),
            Condition("the end of a secret a year later", Secret, CelText.Until(End.AddYears(1))),
            At("another secret", Secret, $"projects/{GcpTarget.Project}/secrets/db-old"),
            At("all secrets", Secret, $"projects/{GcpTarget.Project}"),
            With("to add versions", Secret, "secretmanager.versions.add"),
            With("to hand out access to a secret", Secret, "secretmanager.secrets.setIamPolicy"),
            With("to hand out access to a topic", Topic, "pubsub.topics.setIamPolicy"),
            With("to delete the secret", Secret, "secretmanager.secrets.delete"),
            Without("without its value", Secret, "secretmanager.versions.access"),
            Lost("the secret is lost", Secret),
            Condition("the end of all subscriptions is lost", Subscriptions, CelText.Standing),
            With("to delete subscriptions", Subscriptions, "pubsub.subscriptions.delete"),
            At("one subscription in place of all", Subscriptions, $"projects/{GcpTarget.Project}/topics/orders-old"),
            Lost("the subscriptions are lost", Subscriptions),
            Lost("nothing at all", _ => true),
            Condition("no condition holds anything back", body => body.Condition is not null, CelText.Standing),
        ];
    }

    private static Translation Changed(Translation right, Mutant mutant)
    {
        Assert.Contains(right.Objects, one => mutant.Which(Bodies.Read(one)));
        return right with { Objects = [.. right.Objects.Select(one => mutant.Which(Bodies.Read(one)) ? Native(one, mutant.Change(Bodies.Read(one))) : one).OfType<NativeObject>()] };
    }

    private static NativeObject? Native(NativeObject from, BindingBody? body)
    {
        if (body is null)
            return null;
        var wrong = body with { Role = Roles.NameFor(GcpTarget.Project, body.Permissions ?? []), Condition = TakesConditions(body) ? body.Condition ?? CelText.Standing : null };
        var title = from.Key.Split(' ')[1];
        return new(from.Kind, Bodies.KeyOf(wrong.At, wrong.Condition is null ? wrong.Role : title.StartsWith("nhi:", StringComparison.Ordinal) ? title : "nhi:billing:00000000000000ff"), Bodies.Text(wrong));
    }

    private static bool TakesConditions(BindingBody body) => Gcp.Objects.Place.Parse(body.At, GcpTarget.Project).TakesConditions;

    private async Task<string> CaughtAsync(DesiredState desired, Translation plan)
    {
        await Target.Connector.ApplyAsync(desired, plan, ConnectorTarget.Valid(), Cancellation);
        var wrong = (await Target.Connector.ProbeAsync(desired, Cancellation))?.Wrong.Select(probe => probe.Question).FirstOrDefault();
        var drift = Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync());
        return wrong is not null ? $"probe: {wrong}" : drift.Count > 0 ? $"observation: {drift[0].Kind} {drift[0].Key}" : "";
    }

    private async Task MakeResourcesAsync()
    {
        const string project = $"v1/projects/{GcpTarget.Project}";
        foreach (var topic in (string[])["orders", "orders-old"])
            await Target.Hands.DoAsync("PUT", $"{project}/topics/{topic}", new JsonObject());
        await Target.Hands.DoAsync("PUT", $"{project}/subscriptions/orders-sub", new JsonObject { ["topic"] = $"projects/{GcpTarget.Project}/topics/orders" });
        foreach (var secret in (string[])["db", "db-old"])
            await Target.Hands.DoAsync("POST", $"{project}/secrets?secretId={secret}", new JsonObject { ["replication"] = new JsonObject { ["automatic"] = new JsonObject() } });
    }
}
