using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using NhiGrains.Platforms.TestKit.Moto;

namespace NhiGrains.Sandbox.Tests.Aws;

public sealed class MotoServerTests : IAsyncLifetime
{
    private MotoServer? _moto;

    private MotoServer Moto => _moto ?? throw new InvalidOperationException("It has not started.");

    public async ValueTask InitializeAsync() => _moto = await MotoServer.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_moto is not null)
            await _moto.DisposeAsync();
    }

    [Fact]
    public async Task The_admin_is_known_after_the_start_and_after_a_reset_and_through_a_proxy()
    {
        await using var proxy = await Moto.StartProxyAsync();

        Assert.Equal($"arn:aws:iam::{MotoServer.AccountId}:user/admin", await WhoAsync(Moto.Address, Moto.AdminKeyId, Moto.AdminSecret));
        Assert.Equal($"arn:aws:iam::{MotoServer.AccountId}:user/admin", await WhoAsync(proxy.Address, Moto.AdminKeyId, Moto.AdminSecret));
        await Moto.ResetAsync(TestContext.Current.CancellationToken);
        Assert.Equal($"arn:aws:iam::{MotoServer.AccountId}:user/admin", await WhoAsync(Moto.Address, Moto.AdminKeyId, Moto.AdminSecret));
    }

    [Fact]
    public async Task A_key_that_is_unknown_and_a_secret_that_is_wrong_are_refused()
    {
        await Assert.ThrowsAsync<AmazonSecurityTokenServiceException>(() => WhoAsync(Moto.Address, "AKIAUNKNOWN000000000", Moto.AdminSecret));
        await Assert.ThrowsAsync<AmazonSecurityTokenServiceException>(() => WhoAsync(Moto.Address, Moto.AdminKeyId, "wrong"));
    }

    private static async Task<string> WhoAsync(Uri address, string keyId, string secret)
    {
        var config = new AmazonSecurityTokenServiceConfig { ServiceURL = address.ToString(), AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 };
        using var client = new AmazonSecurityTokenServiceClient(new BasicAWSCredentials(keyId, secret), config);
        return (await client.GetCallerIdentityAsync(new GetCallerIdentityRequest(), TestContext.Current.CancellationToken)).Arn;
    }
}
