#!/bin/sh
# Makes the files of this folder with OpenSSL 3. They are keys and certificates
# FOR TESTS ONLY: nobody trusts them, and they open nothing. Run it again only to
# add a file; tests name no fingerprint, so other keys do as well.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
id=0f6f7cfa-2c5a-4b7e-9d1a-5b8f3c2d1e0a
subject="/C=BR/O=EMPRESA EXEMPLO LTDA:00000000000191/OU=$id/CN=Extrato teste"

# ca.crt: what is inside Certificado_Webhook.zip is an authority's certificate too.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/ca.key" -out ca.crt -days 7300 -subj "/O=Test CA"

issue() { # key csr-name
	openssl req -new -key "$1" -subj "$subject" -out "$work/$2.csr"
	openssl x509 -req -in "$work/$2.csr" -CA ca.crt -CAkey "$work/ca.key" -set_serial "0x$(openssl rand -hex 8)" -days 7300 -out "$2.crt"
}

# RSA, in the forms that a key travels in.
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key
issue rsa.key rsa
cp "$work/rsa.csr" rsa.csr
openssl pkey -in rsa.key -traditional -out rsa_pkcs1.key
openssl pkcs8 -topk8 -in rsa.key -v2 aes-256-cbc -passout pass:senha -out rsa_encrypted_pkcs8.key
openssl rsa -in rsa.key -traditional -aes256 -passout pass:senha -out rsa_encrypted_legacy.key
openssl pkcs8 -topk8 -nocrypt -in rsa.key -outform DER -out rsa_key.der
openssl pkey -in rsa.key -pubout -out rsa_public.key
openssl x509 -in rsa.crt -outform DER -out rsa_crt.der
openssl x509 -in rsa.crt -text -out rsa_text.crt
cat rsa.crt ca.crt > rsa_bundle.crt
openssl pkcs12 -export -inkey rsa.key -in rsa.crt -passout pass:senha -out rsa.pfx
openssl pkcs12 -in rsa.pfx -passin pass:senha -nodes -out rsa_from_pfx.pem # with "Bag Attributes"
openssl crl2pkcs7 -nocrl -certfile rsa.crt -out rsa.p7b
openssl crl2pkcs7 -nocrl -certfile rsa.crt -outform DER -out rsa_p7b.der

# Another integration's pair, and a short key.
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out other.key
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out weak.key
issue weak.key weak

# EC: with the parameters block in front, as `openssl ecparam -genkey` writes; a
# curve that TLS does not know; parameters spelt out.
openssl ecparam -genkey -name prime256v1 -out ec.key
issue ec.key ec
openssl ecparam -genkey -name secp224r1 -out ec_p224.key
issue ec_p224.key ec_p224
openssl ecparam -genkey -name prime256v1 -param_enc explicit -out ec_explicit.key

openssl genpkey -algorithm ED25519 -out ed25519.key
issue ed25519.key ed25519
openssl genpkey -algorithm X25519 -out x25519.key

# What people send by mistake: a certificate of other years, one of their own
# making (an authority's by OpenSSL's default), one for the trust store, keys of
# other programs, the zip, and the zip as base64, as programs put files into JSON.
cat > "$work/ca.cnf" <<END
[ca]
default_ca = test
[test]
database = $work/index.txt
new_certs_dir = $work
default_md = sha256
policy = any
unique_subject = no
rand_serial = yes
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
END
: > "$work/index.txt"
between() { # from until name
	openssl ca -batch -notext -config "$work/ca.cnf" -cert ca.crt -keyfile "$work/ca.key" \
		-startdate "$1" -enddate "$2" -in rsa.csr -out "$3"
}
between 20240110120000Z 20250110120000Z expired.crt
between 20600110120000Z 20610110120000Z future.crt
openssl req -x509 -key rsa.key -days 7300 -subj "$subject" -out selfsigned.crt
openssl x509 -in rsa.crt -trustout -out trusted.crt
openssl ec -in ec.key -aes256 -passout pass:senha -out ec_encrypted.key
openssl dsaparam -genkey -noout -out "$work/dsa.key" 2048
openssl pkey -in "$work/dsa.key" -traditional -out dsa.key
cp rsa.key "$work/openssh.key"
chmod 600 "$work/openssh.key"
ssh-keygen -q -p -P '' -N '' -f "$work/openssh.key"
cp "$work/openssh.key" openssh.key
ssh-keygen -y -f "$work/openssh.key" > openssh.pub
cp rsa.crt "$work/Inter API_Certificado.crt"
cp rsa.key "$work/Inter API_Chave.key"
(cd "$work" && zip -q -X inter.zip "Inter API_Certificado.crt" "Inter API_Chave.key")
cp "$work/inter.zip" inter.zip
base64 inter.zip > inter_zip.txt
rm -f "$work"/*
