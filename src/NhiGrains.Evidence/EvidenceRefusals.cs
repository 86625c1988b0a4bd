using NhiGrains.Domain;

namespace NhiGrains.Evidence;

/// <summary>Every reason why evidence is refused. None repeats what was brought: it is a secret.</summary>
internal static class EvidenceRefusals
{
    private const string Renew = "Get a new one from its issuer, and send it at once.";
    private const string Issuer = "Send the token as its issuer gave it.";

    public static readonly Refusal NoTrust = new(
        "EVIDENCE_NOT_CONFIGURED", "Nobody is trusted for this kind of evidence.", "Ask an operator to configure a trust, or leave the evidence out.");

    public static readonly Refusal UnknownTrust = new(
        "EVIDENCE_TRUST_UNKNOWN", "There is no such trust for this kind of evidence.", "Name one that is configured, or leave it out when its issuer tells.");

    public static readonly Refusal TrustRequired = new(
        "EVIDENCE_TRUST_REQUIRED", "Several trusts could vouch for it.", "Name the trust.");

    public static readonly Refusal ValueRequired = new("EVIDENCE_VALUE_REQUIRED", "There is no token or envelope.", "Send it as 'value'.");

    public static readonly Refusal ValueUnwanted = new(
        "EVIDENCE_VALUE_UNWANTED", "A client certificate is taken from the connection only: who can show one need not have its key.", "Leave 'value' out, and connect with the certificate.");

    public static readonly Refusal Twice = new("EVIDENCE_TWICE", "The same piece of evidence was sent twice.", "Send it once.");

    public static readonly Refusal Duplicate = new(
        "EVIDENCE_DUPLICATE_MEMBER", "A member of its JSON is there twice, and readers could take either.", Issuer);

    public static readonly Refusal NoAlgorithm = new("EVIDENCE_ALGORITHM_NONE", "The token is not signed.", Issuer);

    public static readonly Refusal Symmetric = new(
        "EVIDENCE_ALGORITHM_SYMMETRIC", "The token is signed with a shared secret; only a signature of a private key counts.", "Have the issuer sign with RSA or ECDSA.");

    public static readonly Refusal Algorithm = new(
        "EVIDENCE_ALGORITHM_REFUSED", "The token's algorithm is not one that counts, or not that of the key it names.", "Use RS256, PS256 or ES256, or one of their longer forms.");

    public static readonly Refusal UnknownKey = new(
        "EVIDENCE_KEY_UNKNOWN", "It is signed with a key that its issuer does not publish, or says no key.", Renew);

    public static readonly Refusal Unchecked = new(
        "EVIDENCE_UNCHECKED", "It cannot be checked at the moment: whoever vouches for it does not answer as it should.", "Try again in a minute; if it stays, ask an operator.");

    public static readonly Refusal Signature = new("EVIDENCE_SIGNATURE_INVALID", "The signature is not that of the key over what was sent.", Issuer);

    public static readonly Refusal IssuerRefused = new("EVIDENCE_ISSUER_REFUSED", "It comes from an issuer that is not trusted for it.", "Use one whose issuer is configured.");

    public static readonly Refusal Audience = new(
        "EVIDENCE_AUDIENCE_REFUSED", "It is meant for somebody else, or does not say for whom.", "Ask the issuer for a token with the audience that an operator has configured.");

    public static readonly Refusal Expired = new("EVIDENCE_EXPIRED", "Its time is over.", Renew);

    public static readonly Refusal NotYet = new("EVIDENCE_NOT_YET_VALID", "It is not valid yet.", "Wait, or set the clock of its issuer right.");

    public static readonly Refusal Future = new("EVIDENCE_FROM_FUTURE", "It says to be from the future.", "Set the clock of its issuer right.");

    public static readonly Refusal NoTimes = new("EVIDENCE_TIMES_MISSING", "It does not say since when and until when it counts.", "Use one with an end.");

    public static readonly Refusal Subject = new("EVIDENCE_SUBJECT_REFUSED", "It does not say whom it is about, or not as this kind of evidence has to.", Issuer);

    public static readonly Refusal NotConfirmed = new("EVIDENCE_NOT_CONFIRMED", "The cluster does not know the token.", "Use a token of this cluster that has not ended.");

    public static readonly Refusal PayloadType = new(
        "EVIDENCE_PAYLOAD_TYPE_REFUSED", "The envelope does not hold an in-toto statement.", "Send an envelope with 'application/vnd.in-toto+json'.");

    public static readonly Refusal Statement = new(
        "EVIDENCE_STATEMENT_REFUSED", "The statement is not a provenance as SLSA 1 describes it.", "Send an in-toto statement 1 with the predicate 'https://slsa.dev/provenance/v1'.");

    public static readonly Refusal Builder = new("EVIDENCE_BUILDER_REFUSED", "The builder is not one that is trusted.", "Build where an operator has configured it.");

    public static readonly Refusal NoCertificate = new(
        "EVIDENCE_CERTIFICATE_MISSING", "The connection has no client certificate.", "Connect by https with the certificate, to this server itself and not by way of a proxy that ends TLS.");

    public static readonly Refusal Untrusted = new("EVIDENCE_CERTIFICATE_UNTRUSTED", "The certificate is not of the authority that is configured.", "Use one of that authority.");

    public static readonly Refusal Usage = new("EVIDENCE_USAGE_REFUSED", "The certificate does not say that it is for clients.", "Use one with the extended key usage clientAuth.");

    public static readonly Refusal Revoked = new("EVIDENCE_CERTIFICATE_REVOKED", "The certificate was revoked, or its authority does not say that it was not.", "Get a new one.");

    public static Refusal TooMany(int most) => new("EVIDENCE_TOO_MANY", $"More than {most} pieces of evidence were sent.", "Send those that policy asks for.");

    public static Refusal TooLarge(int most) => new("EVIDENCE_TOO_LARGE", $"It has more than {most} characters.", Issuer);

    public static Refusal Malformed(string what) => new("EVIDENCE_MALFORMED", $"It is not readable: {what}.", Issuer);

    public static Refusal Header(string member) => new(
        "EVIDENCE_HEADER_REFUSED", $"The token's header has '{member}', which is not read: keys come from the issuer, never from the token.", Issuer);

    public static Refusal TooLong(TimeSpan most) => new(
        "EVIDENCE_LIFE_TOO_LONG", $"It counts for longer than {most.TotalMinutes:0} minutes.", "Ask the issuer for one that ends sooner.");

    public static Refusal Claims(string why) => new("EVIDENCE_CLAIMS_REFUSED", $"It says more than is kept: {why}.", "Have the issuer say less, or an operator name the 'claims' that count.");
}
