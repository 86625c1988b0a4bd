using System.Numerics;
using NhiGrains.Evidence.Keys;
using NhiGrains.Evidence.Tests.World;

namespace NhiGrains.Evidence.Tests.Keys;

public class Ed25519Tests
{
    private const string Key = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    private const string Signature = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

    /// <summary>Of the group that keys are of.</summary>
    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);

    [Theory] // RFC 8032, 7.1: tests 1 to 3.
    [InlineData("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(Key, "72", Signature)]
    [InlineData("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82", "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void What_the_standard_gives_as_signatures_are_some(string key, string message, string signature)
    {
        var read = Ed25519Key.Read(Convert.FromHexString(key));

        Assert.True(read?.Signed(Convert.FromHexString(message), Convert.FromHexString(signature)));
        Assert.False(read?.Signed([.. Convert.FromHexString(message), 0], Convert.FromHexString(signature)));
    }

    [Fact]
    public async Task What_another_implementation_has_signed_is_signed()
    {
        var key = await EdwardsKey.NewAsync();
        byte[] message = [1, 2, 3];

        Assert.True(Ed25519Key.ReadPem(key.Pem)?.Signed(message, await key.SignAsync(message)));
        Assert.Null(Ed25519Key.ReadPem(key.Secret));
        Assert.Null(Ed25519Key.ReadPem(key.Pem + key.Pem));
    }

    [Theory]
    [InlineData("")]
    [InlineData("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af466")] // Too short.
    [InlineData("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c00")] // Too long.
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")] // Of order 4, as the next one.
    [InlineData("0000000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")] // The neutral element.
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // Of order 2.
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")] // Of order 8, as the next one.
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // The first one, written otherwise.
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // The neutral element, written otherwise.
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")] // Not on the curve.
    public void What_is_no_key_or_one_that_would_sign_anything_is_refused(string key) => Assert.Null(Ed25519Key.Read(Convert.FromHexString(key)));

    [Fact]
    public void A_signature_has_one_form_and_one_length()
    {
        var key = Ed25519Key.Read(Convert.FromHexString(Key)) ?? throw new InvalidOperationException("It is a key.");
        byte[] message = [0x72];
        var signature = Convert.FromHexString(Signature);
        Assert.True(key.Signed(message, signature));

        Assert.False(key.Signed(message, []));
        Assert.False(key.Signed(message, signature[..63]));
        Assert.False(key.Signed(message, [.. signature, 0]));
        Assert.False(key.Signed(message, new byte[64]));
        Assert.False(key.Signed(message, Malleable(signature)));
        foreach (var place in (int[])[0, 31, 32, 63])
        {
            var other = signature.ToArray();
            other[place] ^= 0x80;
            Assert.False(key.Signed(message, other));
        }
    }

    /// <summary>Its second half once more around the group: the same to a verifier that does not look.</summary>
    internal static byte[] Malleable(byte[] signature)
    {
        var once = new BigInteger(signature.AsSpan(32), isUnsigned: true) + Order;
        var bytes = once.ToByteArray(isUnsigned: true);
        return [.. signature[..32], .. bytes, .. new byte[32 - bytes.Length]];
    }
}
