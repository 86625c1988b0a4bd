using System.Text.Json;
using NhiGrains.Host.Settings;

namespace NhiGrains.Host.Tests.Composition;

/// <summary>A store that is open for reading only: what is left of it is told, and every change is refused in words of its own.</summary>
public sealed class SalvageTests : IDisposable
{
    private const string Register =
        """mutation{registerIdentity(input:{identityId:"left",kind:BOT,owner:{person:"ann",team:"ops"},environment:"test"}){result{...on IdentitySuccess{identity{status}} ...on Refusal{code}}}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-salvage-").FullName;

    public static TheoryData<string> EveryMutation() =>
    [
        """registerIdentity(input:{identityId:"new",kind:BOT,owner:{person:"ann",team:"ops"},environment:"test"})""",
        """updateIdentity(input:{identityId:"left",environment:"other"})""",
        """setIntent(input:{identityId:"left",entitlements:[]})""",
        """suspendIdentity(input:{identityId:"left"})""",
        """resumeIdentity(input:{identityId:"left"})""",
        """offboardIdentity(input:{identityId:"left"})""",
        """transferOwnership(input:{identityId:"left",owner:{person:"bob",team:"ops"}})""",
        """requestAccess(input:{identityId:"left",entitlements:[],lifetimeSeconds:60})""",
        """renewGrant(input:{identityId:"left",grantId:"g",lifetimeSeconds:60})""",
        """revokeGrant(input:{identityId:"left",grantId:"g"})""",
        """approveRequest(input:{identityId:"left",grantId:"g",planDigest:"d"})""",
        """rejectRequest(input:{identityId:"left",grantId:"g"})""",
        """withdrawApproval(input:{identityId:"left",grantId:"g"})""",
        """closeBreakGlassReview(input:{identityId:"left",grantId:"g",finding:"f",justified:true})""",
        """requestException(input:{identityId:"left",name:"e",rules:["r"],entitlements:[],lifetimeSeconds:60,justification:"j"})""",
        """approveException(input:{identityId:"left",name:"e",planDigest:"d"})""",
        """rejectException(input:{identityId:"left",name:"e"})""",
        """withdrawExceptionApproval(input:{identityId:"left",name:"e"})""",
        """endException(input:{identityId:"left",name:"e"})""",
        """reviewException(input:{identityId:"left",name:"e"})""",
        """issueCredential(input:{identityId:"left",grantId:"g"})""",
        """resolveDrift(input:{identityId:"left",platform:"k8s:test",action:REVERT})""",
        """refreshPlatform(input:{platform:"k8s:test"})""",
        """watchPrincipal(input:{platform:"k8s:test",principal:"shop/left",digest:"d",reason:"r"})""",
        """reportRisk(input:{identityId:"left",type:"secret-leaked",severity:HIGH,ttlSeconds:60})""",
        """clearRisk(input:{identityId:"left",riskId:"r-1"})""",
        """adoptPrincipal(input:{platform:"k8s:test",principal:"shop/left",digest:"d",identityId:"other",kind:BOT,owner:{person:"ada",team:"t"},environment:"test",reason:"r"})""",
        """applyPolicySet(input:{documents:[],why:"w"})""",
        """rollbackPolicySet(input:{version:"v",why:"w"})""",
        """simulatePolicySet(input:{version:"v"})""",
        """setGroupMembers(input:{group:"ops",add:["ann"]})""",
        """delegateApprovals(input:{from:"ann",to:"bob"})""",
        """setAbsence(input:{person:"ann"})""",
        """recordDeparture(input:{person:"ann"})""",
        """recordReturn(input:{person:"ann"})""",
    ];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_left_is_answered_and_every_mutation_is_refused_as_read_only()
    {
        await using (var server = await RunningServer.StartAsync(_folder))
            Assert.Equal("ACTIVE", (await ResultAsync(server, Register)).GetProperty("identity").GetProperty("status").GetString());
        await using var salvaged = await RunningServer.StartAsync(_folder, (SettingKeys.Salvage, "true"));

        foreach (var mutation in EveryMutation().Select(row => row.Data))
        {
            var refusal = await ResultAsync(salvaged, "mutation{" + mutation + "{result{...on Refusal{code remedy}}}}");
            Assert.Equal("STORE_READ_ONLY", refusal.GetProperty("code").GetString());
            Assert.Contains("--salvage", refusal.GetProperty("remedy").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal("""{"identity":{"status":"ACTIVE"},"platforms":[],"identities":{"totalCount":1},"drift":{"edges":[]}}""",
            (await salvaged.QueryAsync("""{identity(id:"left"){status} platforms{health} identities{totalCount} drift{edges{cursor}}}""")).GetRawText());
    }

    [Fact]
    public async Task Every_mutation_of_the_schema_is_among_those_that_were_tried()
    {
        await using var server = await RunningServer.StartAsync(_folder);
        var names = (await server.QueryAsync("""{__type(name:"Mutation"){fields{name}}}""")).GetProperty("__type").GetProperty("fields").EnumerateArray();
        Assert.Equal(
            names.Select(field => field.GetProperty("name").GetString() ?? "").Order(StringComparer.Ordinal),
            EveryMutation().Select(row => row.Data.Split('(')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_state_that_is_lost_is_told_as_lost_and_not_as_absent()
    {
        // An older copy of the store beside the newer head: the identity is gone, and the head knows that something is.
        var (store, older) = (Path.Combine(_folder, "store"), Path.Combine(_folder, "older"));
        await (await RunningServer.StartAsync(_folder)).DisposeAsync();
        Copy(store, older);
        await using (var server = await RunningServer.StartAsync(_folder))
            await ResultAsync(server, Register);
        Directory.Delete(store, recursive: true);
        Directory.Move(older, store);
        await using var salvaged = await RunningServer.StartAsync(_folder, (SettingKeys.Salvage, "true"));

        var answer = await salvaged.AnswerAsync("""{identity(id:"left"){status}}""");

        var error = answer.GetProperty("errors")[0];
        Assert.Equal("STORE_LOST", error.GetProperty("extensions").GetProperty("code").GetString());
        Assert.NotEqual("", error.GetProperty("extensions").GetProperty("hint").GetString());
        Assert.Equal("STORE_READ_ONLY", (await ResultAsync(salvaged, Register)).GetProperty("code").GetString());
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target) ?? to);
            File.Copy(file, target);
        }
    }

    private static async Task<JsonElement> ResultAsync(RunningServer server, string mutation) =>
        (await server.QueryAsync(mutation)).EnumerateObject().Single().Value.GetProperty("result");
}
