using System.Net;
using System.Text.Json.Nodes;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.Gcp.Tests.Applying;

/// <summary>Every type and selector, given and taken away, with what the service itself says to the account.</summary>
public class EveryTypeTests : GcpTests
{
    private const string Project = $"v1/projects/{GcpTarget.Project}";

    [Fact]
    public async Task A_secret_is_read_with_it_and_not_its_neighbour()
    {
        foreach (var name in (string[])["db", "db-old"])
        {
            await Target.Hands.DoAsync("POST", $"{Project}/secrets?secretId={name}", new JsonObject { ["replication"] = new JsonObject { ["automatic"] = new JsonObject() } });
            await Target.Hands.DoAsync("POST", $"{Project}/secrets/{name}:addVersion", new JsonObject { ["payload"] = new JsonObject { ["data"] = "cGFzc3dvcmQ=" } });
        }

        await GiveAsync(new("secretmanager-secret", "", ResourceMatch.Exact, "db"), Verb.Read);
        Assert.Equal(HttpStatusCode.OK, await CallAsync("GET", $"{Project}/secrets/db/versions/1:access"));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync("GET", $"{Project}/secrets/db-old/versions/1:access"));

        await GiveAsync(new("secretmanager-secret", "", ResourceMatch.Prefix, "db-"), Verb.Read);
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync("GET", $"{Project}/secrets/db/versions/1:access"));
        Assert.Equal(HttpStatusCode.OK, await CallAsync("GET", $"{Project}/secrets/db-old/versions/1:access"));
    }

    [Fact]
    public async Task A_prefix_of_objects_can_be_read_and_listed_and_nothing_beside_it()
    {
        foreach (var name in (string[])["team-a/x", "team-ab/x"])
            await Target.Hands.UploadAsync(GcpTarget.Bucket, name);

        await GiveAsync(new("storage-object", GcpTarget.Bucket, ResourceMatch.Prefix, "team-a/"), Verb.Read, Verb.List);

        Assert.Equal(HttpStatusCode.OK, await CallAsync("GET", Object("team-a/x")));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync("GET", Object("team-ab/x")));
        Assert.Equal(HttpStatusCode.OK, await CallAsync("GET", $"storage/v1/b/{GcpTarget.Bucket}/o?prefix=team-a/"));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync("GET", $"storage/v1/b/{GcpTarget.Bucket}/o?prefix=team-a"));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync("GET", $"storage/v1/b/{GcpTarget.Bucket}/o"));
    }

    [Theory]
    [InlineData("a\") || true || resource.name == (\"b")]
    [InlineData("a\\")]
    [InlineData("a' || true")]
    [InlineData("ä/\u2028/$&+*?[")]
    [InlineData("a b")]
    public async Task A_name_with_metacharacters_is_that_name_and_no_expression(string name)
    {
        foreach (var one in (string[])[name, name + "-other"])
            await Target.Hands.UploadAsync(GcpTarget.Bucket, one);

        await GiveAsync(new("storage-object", GcpTarget.Bucket, ResourceMatch.Exact, name), Verb.Read);

        Assert.Equal(HttpStatusCode.OK, await CallAsync("GET", Object(name)));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync("GET", Object(name + "-other")));
        Assert.Equal(HttpStatusCode.Forbidden, await CallAsync("GET", Object("object-1")));
    }

    [Fact]
    public async Task A_run_service_is_invoked_and_its_neighbour_is_not()
    {
        foreach (var name in (string[])["checkout", "checkout-old"])
            await Target.Hands.DoAsync("POST", $"v2/projects/{GcpTarget.Project}/locations/{GcpTarget.Region}/services?serviceId={name}",
                new JsonObject { ["template"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["image"] = "checkout" }) } });

        await GiveAsync(new("run-service", GcpTarget.Region, ResourceMatch.Exact, "checkout"), Verb.Invoke);

        Assert.True(await MayInvokeAsync("checkout"));
        Assert.False(await MayInvokeAsync("checkout-old"));
    }

    [Fact]
    public async Task Many_objects_are_given_in_few_bindings()
    {
        ResourceSelector[] objects = [.. Enumerable.Range(1, 100).Select(number => new ResourceSelector("storage-object", GcpTarget.Bucket, ResourceMatch.Exact, $"object-{number}"))];
        var desired = Target.Desired(2, Target.Entitlement(objects[0], Verb.Read) with { Resources = objects });

        Assert.Equal(2, (await Target.ApplyAsync(desired)).Writes);

        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
        Assert.True(await Target.AllowsAsync(objects[99], Verb.Read));
        Assert.False(await Target.AllowsAsync(objects[0] with { Name = "object-101" }, Verb.Read));
    }

    [Fact]
    public async Task A_project_that_has_no_room_for_another_role_is_said_and_nothing_is_given()
    {
        await using var full = await GcpTarget.MakeAsync(new(CustomRoles: 0));

        var failure = await Assert.ThrowsAsync<PlatformException>(() => full.ApplyAsync(full.Desired(2, full.Entitlement(full.Resource(1), Verb.Read))));

        // The number of roles is Google's; that of this project is smaller, and so it is only asked to slow down.
        Assert.Equal(PlatformError.Throttled, failure.Error);
        Assert.False(await full.AllowsAsync(full.Resource(1), Verb.Read));
    }

    private async Task GiveAsync(ResourceSelector resource, params Verb[] verbs)
    {
        var desired = Target.Desired(2, Target.Entitlement(resource, verbs));
        await Target.ApplyAsync(desired);
        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
        Assert.Empty((await Target.Connector.ProbeAsync(desired, Cancellation))?.Wrong ?? []);
    }

    private async Task<HttpStatusCode> CallAsync(string verb, string path)
    {
        var answer = await Target.Hands.DoAsync("POST", $"v1/projects/-/serviceAccounts/{Target.Binding.Principal}:generateAccessToken",
            new JsonObject { ["scope"] = new JsonArray("https://www.googleapis.com/auth/cloud-platform") });
        return (await Target.Hands.SendAsync(verb, path, with: answer["accessToken"]?.GetValue<string>())).Code;
    }

    private Task<bool> MayInvokeAsync(string service) => Target.Hands.AllowsAsync(
        Target.Binding.Principal, "run.routes.invoke", $"//run.googleapis.com/projects/{GcpTarget.Project}/locations/{GcpTarget.Region}/services/{service}", Target.Server.Clock.GetUtcNow());

    private static string Object(string name) => $"storage/v1/b/{GcpTarget.Bucket}/o/{Uri.EscapeDataString(name)}?alt=media";
}
