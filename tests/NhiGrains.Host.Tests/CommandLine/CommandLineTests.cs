using Microsoft.IdentityModel.JsonWebTokens;
using NhiGrains.Host.Authentication;
using NhiGrains.Host.Tests.Audit;

namespace NhiGrains.Host.Tests.CommandLine;

public sealed class CommandLineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Help_lists_the_commands()
    {
        var cli = await Cli.RunAsync("--help");
        Assert.Equal(0, cli.ExitCode);
        foreach (var command in (string[])["serve", "token", "audit", "policy"])
            Assert.Contains($"  {command}", cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_that_of_the_product()
    {
        var cli = await Cli.RunAsync("--version");
        Assert.Equal(0, cli.ExitCode);
        Assert.StartsWith("0.1.0", cli.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("frobnicate")]
    [InlineData("serve --frobnicate")]
    [InlineData("serve --data")]
    [InlineData("audit")]
    [InlineData("audit verify")]
    [InlineData("audit export --url http://127.0.0.1:1")]
    [InlineData("audit export --out /tmp/x --url :::")]
    [InlineData("audit verify /nowhere/at/all")]
    [InlineData("serve --store mysql://db")]
    [InlineData("serve --urls localhost")]
    [InlineData("serve --kubernetes /nowhere/kubeconfig")]
    [InlineData("serve --kubernetes a=/nowhere/kubeconfig")]
    [InlineData("serve --kubernetes a=/dev/null --kubernetes k8s:a=/dev/null")]
    [InlineData("serve --kubernetes A_B=/dev/null")]
    [InlineData("serve --config /nowhere/settings.json")]
    [InlineData("serve --silo a:b:c")]
    [InlineData("token --role emperor")]
    [InlineData("token --role admin --lifetime forever")]
    [InlineData("token --role admin --lifetime 31d")]
    [InlineData("token --identity a --role admin")]
    public async Task What_is_wrong_is_one_line_and_exit_code_2(string arguments)
    {
        var cli = await Cli.RunAsync([.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. arguments.StartsWith("token", StringComparison.Ordinal) ? ["--data", _folder] : Array.Empty<string>()]);
        Assert.Equal(2, cli.ExitCode);
        Assert.Empty(cli.Output);
        Assert.Single(cli.Error.TrimEnd('\n').Split('\n'));
        Assert.StartsWith("nhigrains: ", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_store_does_not_show_its_password() =>
        Assert.DoesNotContain("hunter2", (await Cli.RunAsync("serve", "--store", "rediz://:hunter2@db")).Error, StringComparison.Ordinal);

    [Fact]
    public async Task A_token_is_issued_for_roles()
    {
        var cli = await Cli.RunAsync("token", "--data", _folder, "--role", "auditor", "--role", "viewer", "--subject", "ada", "--lifetime", "1h");
        Assert.Equal((0, ""), (cli.ExitCode, cli.Error));
        var token = new JsonWebToken(cli.Output.Trim());
        Assert.Equal(("ada", "nhigrains", "ES256"), (token.Subject, token.Issuer, token.Alg));
        Assert.Equal(["auditor", "viewer"], token.Claims.Where(claim => claim.Type == "roles").Select(claim => claim.Value));
        Assert.Equal(TimeSpan.FromHours(1), token.ValidTo - token.ValidFrom);
    }

    [Fact]
    public async Task A_token_is_issued_for_an_identity_and_is_good_at_a_server_of_the_same_folder()
    {
        var cli = await Cli.RunAsync("token", "--data", _folder, "--identity", "billing");
        await using var server = await Authentication.GuardedServer.StartAsync(new TokenTrust { KeyFile = Path.Combine(_folder, "signing-key.pem") });
        Assert.Equal(
            """{"IsAuthenticated":true,"Name":"identity:billing","Roles":[],"Identity":"billing"}""",
            await server.SeenAsync("/anybody", cli.Output.Trim()));
    }

    [Fact]
    public async Task A_policy_file_is_checked()
    {
        var file = Path.Combine(_folder, "policy.yaml");
        await File.WriteAllTextAsync(file, "format: 1\nname: x\nrules: []\n", TestContext.Current.CancellationToken);
        var good = await Cli.RunAsync("policy", "check", file);
        Assert.Equal(0, good.ExitCode);
        Assert.StartsWith("ok: policy set 'x' with 0 rules, version ", good.Output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, "format: 1\nname: x\nrulez: []\n", TestContext.Current.CancellationToken);
        var bad = await Cli.RunAsync("policy", "check", file);
        Assert.Equal(1, bad.ExitCode);
        Assert.Equal($"{file}:1:1: A policy file needs the key 'rules'.\n{file}:3:1: A policy file has no key 'rulez'; did you mean 'rules'?\n", bad.Error);
    }

    [Fact]
    public async Task An_audit_export_is_verified()
    {
        var file = Path.Combine(_folder, "audit.ndjson");
        var export = ExportText.Build();
        await File.WriteAllTextAsync(file, export.ToString(), TestContext.Current.CancellationToken);
        var good = await Cli.RunAsync("audit", "verify", file);
        Assert.Equal((0, "ok: 7 entries in 16 shards, as exported at 2026-11-24T12:00:00.000Z\n", ""), (good.ExitCode, good.Output, good.Error));

        export.Lines.RemoveAt(2);
        await File.WriteAllTextAsync(file, export.ToString(), TestContext.Current.CancellationToken);
        var bad = await Cli.RunAsync("audit", "verify", file);
        Assert.Equal((1, "", $"{file}: shard 3: entry 2 is missing or out of order (found 3/3)\n"), (bad.ExitCode, bad.Output, bad.Error));
    }

    [Fact]
    public async Task An_export_from_a_server_that_does_not_answer_fails_and_leaves_no_file()
    {
        var tokenFile = Path.Combine(_folder, "token");
        var target = Path.Combine(_folder, "audit.ndjson");
        await File.WriteAllTextAsync(tokenFile, "t", TestContext.Current.CancellationToken);
        var cli = await Cli.RunAsync("audit", "export", "--url", "http://127.0.0.1:1", "--token-file", tokenFile, "--out", target);
        Assert.Equal(1, cli.ExitCode);
        Assert.StartsWith("nhigrains: the audit log could not be exported: ", cli.Error, StringComparison.Ordinal);
        Assert.Equal([tokenFile], Directory.GetFiles(_folder));
    }
}
