using NhiGrains.Platforms.TestKit.Moto;
using NhiGrains.Sandbox.Aws;

namespace NhiGrains.Sandbox.Tests.Aws;

/// <summary>A sandbox and a moto of the same account and with the same objects in the same buckets.</summary>
public sealed class SandboxAndMoto : IAsyncLifetime
{
    private readonly SandboxServer _sandbox = new();
    private readonly List<(AwsClient Admin, Uri Address)> _both = [];
    private MotoServer? _moto;

    internal IReadOnlyList<(AwsClient Admin, Uri Address)> Both => _both;

    public async ValueTask InitializeAsync()
    {
        _moto = await MotoServer.StartAsync(TestContext.Current.CancellationToken);
        var account = new AwsAccount(_sandbox.Surroundings, MotoServer.AccountId, "aws:prod");
        var address = await _sandbox.AddAsync(account);
        _both.Add((new(address, account.AdminKeyId, account.AdminSecret), address));
        _both.Add((new(_moto.Address, _moto.AdminKeyId, _moto.AdminSecret), _moto.Address));
        foreach (var (admin, _) in _both)
        {
            foreach (var path in (string[])["/orders", "/orders-2"])
                (await admin.S3Async("PUT", path)).Succeeded();
            await FillAsync(admin);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (admin, _) in _both)
            admin.Dispose();
        await _sandbox.DisposeAsync();
        if (_moto is not null)
            await _moto.DisposeAsync();
    }

    internal static async Task FillAsync(AwsClient admin)
    {
        foreach (var path in (string[])["/orders/team-a/x", "/orders/team-ab/x", "/orders-2/team-a/x"])
            (await admin.S3Async("PUT", path, "x"u8.ToArray())).Succeeded();
    }
}
