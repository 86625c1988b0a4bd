using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Aws;
using NhiGrains.Sandbox.Aws;

namespace NhiGrains.Bench;

internal sealed class StormAccount : StormSandbox
{
    private const string Account = "111122223333";
    private const string Bucket = "storm-orders";
    private const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::storm-orders/*"}]}""";

    private static readonly string[] Reads = ["Get", "List", "Simulate"];

    private readonly AwsAccount _account;
    private Uri? _address;

    public StormAccount() => _account = new(Server.Surroundings, Account, Name);

    public override string Name => "aws:storm";

    public override async Task StartAsync()
    {
        _account.CreateBucket(Bucket);
        string[] bystanders = ["bystander-1", "bystander-2", "bystander-3"];
        _account.AddRoles(bystanders.Select(name => new AwsRoleSeed(
            name, "/", new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal) { ["theirs"] = Policy })));
        _address = await ListenAsync(_account, (_, _, body) => Reads.Any(verb => body.Contains($"Action={verb}", StringComparison.Ordinal)));
    }

    public override string PrincipalOf(string identity) => $"role/{identity}";

    public override Entitlement Entitlement(string resource) => StormGrant.Reading(Name, "s3-object", Bucket, resource);

    public override Task<bool> AllowsAsync(string identity, string resource) => Task.FromResult(
        _account.Evaluate($"arn:aws:iam::{Account}:role/nhigrains/{identity}", "s3:GetObject", $"arn:aws:s3:::{Bucket}/{resource}").IsAllowed);

    protected override void Add(IServiceCollection services)
    {
        var options = new AwsPlatformOptions { Platform = Name, AccountId = Account, Endpoint = _address, Credentials = new(_account.AdminKeyId, _account.AdminSecret) };
        services.AddAwsPlatform(UsualBudget ? options : options with { Budget = Unhurried });
    }
}
